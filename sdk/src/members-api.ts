import type { Member } from './generated/protocol.ts';
import type { Input, Output, Request } from './request.ts';

/** Who is in a group. What a call changes comes to everybody as an event, a moment later. */
export class MembersApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** A page of the members, those who joined first at first. Groups of up to 100 show all of them by themselves. */
  list(input: Input<'members.list'>): Promise<Output<'members.list'>> {
    return this.#request('members.list', input);
  }

  /** Adds people. Who could not be added is named in `notAdded`: they may come by an invite link. */
  add(conversationId: string, people: readonly string[]): Promise<Output<'members.add'>> {
    return this.#request('members.add', { conversationId, people: [...people] });
  }

  async remove(conversationId: string, personId: string): Promise<void> {
    await this.#request('members.remove', { conversationId, personId });
  }

  /** Makes a member an admin, or an admin a member. Of the owner. */
  async setRole(conversationId: string, personId: string, role: Exclude<Member['role'], 'owner'>): Promise<void> {
    await this.#request('members.setRole', { conversationId, personId, role });
  }
}
