import type { Answers } from './answers.ts';
import type { ChatConversation } from './conversation-view.ts';
import type { Input, Output, Request } from './request.ts';

/** The invite link of a group, of which there is one at a time, and coming in by one. */
export class InvitesApi {
  readonly #request: Request;
  readonly #answers: Answers;

  constructor(request: Request, answers: Answers) {
    this.#request = request;
    this.#answers = answers;
  }

  /** Makes a link. The one before is good no more. */
  create(
    conversationId: string,
    options: Omit<Input<'invites.create'>, 'conversationId'> = {},
  ): Promise<Output<'invites.create'>> {
    return this.#request('invites.create', { conversationId, ...options });
  }

  /** The link of a group; null where it has none. */
  async get(conversationId: string): Promise<Output<'invites.get'>['invite']> {
    return (await this.#request('invites.get', { conversationId })).invite;
  }

  async revoke(conversationId: string): Promise<void> {
    await this.#request('invites.revoke', { conversationId });
  }

  /** What a link leads to, for somebody who is not in there yet. */
  preview(code: string): Promise<Output<'invites.preview'>> {
    return this.#request('invites.preview', { code });
  }

  /** Comes into a group. null where an admin has to let me in: the event `joinRequest` tells the answer. */
  async join(code: string): Promise<ChatConversation | null> {
    const { conversation } = await this.#request('invites.join', { code });
    return conversation && this.#answers.started(conversation);
  }

  /** Asks no longer to be let in. */
  async withdraw(code: string): Promise<void> {
    await this.#request('joins.withdraw', { code });
  }
}
