import type { Message } from './generated/protocol.ts';
import type { Store } from './store.ts';

/** How often a page is asked for again that has become out of date on its way. */
const maxTries = 5;

/** Brings older messages, a page at a time for each conversation. */
export class History {
  readonly #store: Store;
  readonly #fetch: (conversationId: string, before: number, limit: number) => Promise<readonly Message[]>;
  readonly #loading = new Map<string, Promise<boolean>>();

  constructor(
    store: Store,
    fetch: (conversationId: string, before: number, limit: number) => Promise<readonly Message[]>,
  ) {
    this.#store = store;
    this.#fetch = fetch;
  }

  /** Resolves with whether there are still older ones. */
  load(conversationId: string, limit: number): Promise<boolean> {
    const underWay = this.#loading.get(conversationId);
    if (underWay) return underWay;
    const loading = this.#load(conversationId, limit).finally(() => this.#loading.delete(conversationId));
    this.#loading.set(conversationId, loading);
    return loading;
  }

  async #load(conversationId: string, limit: number): Promise<boolean> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const asked = this.#store.get(conversationId);
      const before = asked?.messages[0]?.seq;
      if (!asked?.hasOlder || before === undefined) return false;
      asked.beginPage();
      const page = await this.#fetch(conversationId, before, limit);
      const state = this.#store.get(conversationId);
      if (page.length === 0 || state?.prepend(page)) return state?.hasOlder ?? false;
    }
    return this.#store.get(conversationId)?.hasOlder ?? false;
  }
}
