import type { Privacy } from './generated/protocol.ts';
import type { Input, Request } from './request.ts';

/** Who may see and do what of me. */
export class PrivacyApi {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  get(): Promise<Privacy> {
    return this.#request('privacy.get', {});
  }

  update(change: Input<'privacy.update'>): Promise<Privacy> {
    return this.#request('privacy.update', change);
  }
}
