import type { Answers } from './answers.ts';
import type { ChatConversation } from './conversation-view.ts';
import type { Input, Output, Request } from './request.ts';

/** Groups as such. Who is in them: `members`, `invites` and `joinRequests`. Each call shows when it resolves. */
export class GroupsApi {
  readonly #request: Request;
  readonly #answers: Answers;

  constructor(request: Request, answers: Answers) {
    this.#request = request;
    this.#answers = answers;
  }

  /**
   * Makes a group that I own.
   *
   * @returns it, and who could not be added: they may come by an invite link
   */
  async create(
    input: Input<'groups.create'>,
  ): Promise<{ conversation: ChatConversation; notAdded: Output<'groups.create'>['notAdded'] }> {
    const { conversation, notAdded } = await this.#request('groups.create', input);
    return { conversation: this.#answers.started(conversation), notAdded };
  }

  /** Changes its title, description, photo, disappearing messages or settings; what is left out stays. */
  async update(conversationId: string, change: Omit<Input<'groups.update'>, 'conversationId'>): Promise<void> {
    const { rev } = await this.#request('groups.update', { conversationId, ...change });
    await this.#answers.shown(conversationId, rev);
  }

  /** Hands a group of mine over to another member. I stay in it as an admin. */
  async transfer(conversationId: string, personId: string): Promise<void> {
    await this.#request('groups.transfer', { conversationId, personId });
  }

  /** Leaves a group. One that I own goes to another member. */
  async leave(conversationId: string): Promise<void> {
    await this.#request('groups.leave', { conversationId });
    await this.#answers.gone(conversationId);
  }

  /** Closes a group of mine for everybody, for good. */
  async close(conversationId: string): Promise<void> {
    await this.#request('groups.close', { conversationId });
    await this.#answers.gone(conversationId);
  }
}
