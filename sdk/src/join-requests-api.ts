import type { Input, Output, Request } from './request.ts';

/** People who wait to be let into a group, for its admins. Changes come as the event `joinRequest`. */
export class JoinRequestsApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  /** A page of those who wait, the first at first. Ask again after a reconnection: missed events do not come again. */
  list(input: Input<'joins.list'>): Promise<Output<'joins.list'>> {
    return this.#request('joins.list', input);
  }

  async approve(conversationId: string, personId: string): Promise<void> {
    await this.#request('joins.approve', { conversationId, personId });
  }

  /** They may ask again while they have a good link. */
  async deny(conversationId: string, personId: string): Promise<void> {
    await this.#request('joins.deny', { conversationId, personId });
  }
}
