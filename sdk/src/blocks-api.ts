import type { Input, Output, Request } from './request.ts';

/** Whom I have blocked. Changes on any device come as the event `block`. */
export class BlocksApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  list(input: Input<'blocks.list'> = {}): Promise<Output<'blocks.list'>> {
    return this.#request('blocks.list', input);
  }

  /** Blocks a person, who is not told. */
  async add(personId: string): Promise<void> {
    await this.#request('blocks.add', { personId });
  }

  async remove(personId: string): Promise<void> {
    await this.#request('blocks.remove', { personId });
  }
}
