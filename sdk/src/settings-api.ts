import type { OwnChange } from './generated/protocol.ts';
import type { Input, Request } from './request.ts';

/** Mutes for ever: the server takes no later time. */
const forever = '9999-12-31T23:59:59.000Z';

/** What only I see of a conversation. Each call shows at once when it resolves, and on my other devices soon after. */
export class SettingsApi {
  readonly #request: Request;
  readonly #apply: (change: OwnChange) => void;

  constructor(request: Request, apply: (change: OwnChange) => void) {
    this.#request = request;
    this.#apply = apply;
  }

  /** No sound until a time; for ever if none is given. */
  mute(conversationId: string, until: Date | null = null): Promise<void> {
    return this.#update(conversationId, { mutedUntil: until?.toISOString() ?? forever });
  }

  unmute(conversationId: string): Promise<void> {
    return this.#update(conversationId, { mutedUntil: null });
  }

  /** A new message ends it, unless the conversation is muted. */
  archive(conversationId: string, archived = true): Promise<void> {
    return this.#update(conversationId, { archived });
  }

  /** Keeps it at the top. */
  pin(conversationId: string, pinned = true): Promise<void> {
    return this.#update(conversationId, { pinned });
  }

  /** A reminder to come back to it. */
  markUnread(conversationId: string, markedUnread = true): Promise<void> {
    return this.#update(conversationId, { markedUnread });
  }

  /** What I call it; null: as it is called. */
  rename(conversationId: string, customName: string | null): Promise<void> {
    return this.#update(conversationId, { customName });
  }

  /** Forgets what was said until now, for me alone. */
  async clear(conversationId: string): Promise<void> {
    this.#apply(await this.#request('conversations.clear', { conversationId }));
  }

  /** Forgets a conversation, for me alone. It comes back when something is said in it. */
  async delete(conversationId: string): Promise<void> {
    await this.#request('conversations.delete', { conversationId });
  }

  async #update(
    conversationId: string,
    change: Omit<Input<'conversations.updateMine'>, 'conversationId'>,
  ): Promise<void> {
    this.#apply(await this.#request('conversations.updateMine', { conversationId, ...change }));
  }
}
