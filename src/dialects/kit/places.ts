import { LRUCache } from 'lru-cache';
import type { Messages, MessageView } from '../../engine/messages/index.ts';

type Place = Awaited<ReturnType<Messages['locate']>>;

/**
 * Where messages are, for doors whose clients name them by their ids alone. A message stays where it is, so it is remembered;
 * who may see it is asked each time by what follows.
 */
export class Places {
  readonly #messages: Pick<Messages, 'locate'>;
  readonly #known = new LRUCache<string, Place>({ max: 10_000 });

  constructor(messages: Pick<Messages, 'locate'>) {
    this.#messages = messages;
  }

  /** Remembers where a message is that passes by: its receipts follow soon. */
  noteFresh({ id: messageId, conversationId, seq, senderId }: MessageView): void {
    this.#known.set(messageId, { messageId, conversationId, seq, senderId });
  }

  /** @throws EngineError `message_not_found` */
  async of(messageId: string): Promise<Place> {
    const known = this.#known.get(messageId);
    if (known) return known;
    const place = await this.#messages.locate(messageId);
    this.#known.set(messageId, place);
    return place;
  }
}
