import type { NewConversationView } from '../engine/conversations/index.ts';
import type { FollowedGroup } from '../engine/inbox/index.ts';
import { type EngineEvent, topics } from '../engine/shared/events.ts';
import type { FanOut, Subscriber } from './fan-out.ts';

interface Following {
  /** At which the person came in, as far as an event has told. */
  readonly rev: number;
  /** From where on the person sees it. */
  readonly historyFrom: number;
}

/**
 * Keeps a connection on what its person may hear, and on nothing else: their own topic, and that of each group they are
 * in. It learns of groups that the person comes into, or is out of, from the events themselves.
 */
export class PersonFeed {
  readonly #fanOut: FanOut;
  readonly #subscriber: Subscriber;
  readonly #personId: string;
  readonly #missed: (conversationId: string) => void;
  /** The groups that are followed. */
  readonly #groups = new Map<string, Following>();
  /** Groups that the person is out of, each with the `rev` of that. Events of two nodes may come in the wrong order. */
  readonly #left = new Map<string, number>();
  #closed = false;

  /** @param missed told where events of a group may have passed before it could be followed */
  constructor(fanOut: FanOut, subscriber: Subscriber, personId: string, missed: (conversationId: string) => void) {
    this.#fanOut = fanOut;
    this.#subscriber = subscriber;
    this.#personId = personId;
    this.#missed = missed;
  }

  /** Follows the person's own topic. Call it before the person's groups are read. */
  async open(): Promise<void> {
    await this.#follow(topics.person(this.#personId));
  }

  /**
   * Follows groups. Once it resolves, their later events arrive.
   *
   * @returns whether any was not followed before
   */
  async followGroups(groups: readonly FollowedGroup[]): Promise<boolean> {
    // What the person has left since `groups` were read is not followed.
    const fresh = groups.filter(({ id }) => !this.#groups.has(id) && !this.#left.has(id));
    for (const { id, historyFrom } of fresh) this.#groups.set(id, { rev: 0, historyFrom });
    try {
      await Promise.all(fresh.map(({ id }) => this.#follow(topics.conversation(id))));
    } catch (error) {
      // The next sync tries again.
      for (const { id } of fresh) this.#drop(id);
      throw error;
    }
    return fresh.length > 0;
  }

  /**
   * Looks at an event before it is delivered.
   *
   * @returns false where it is not for this person any more
   */
  admits(event: EngineEvent): boolean {
    if (event.audience.kind === 'conversation' && !this.#groups.has(event.audience.id)) {
      // It may be the news itself, which came over the person's own topic already.
      return false;
    }
    if (event.type === 'conversation.joined') return this.#join(event.data.conversation);
    if (event.type === 'member.left' && event.data.personId === this.#personId)
      return this.#leave(event.data.conversationId, event.data.rev);
    if (event.type === 'conversation.closed') return this.#leave(event.data.conversationId, Number.MAX_SAFE_INTEGER);
    return true;
  }

  /**
   * Whether an event tells of a message that was sent before the person's history of the group begins, which they must not
   * read now because somebody pins it, or because the node that stored it tells of it late.
   *
   * @returns the id of the group, or null where it does not
   */
  isBeforeHistory(event: EngineEvent): string | null {
    if (event.audience.kind !== 'conversation') return null;
    const isMessage = event.type === 'message.created' || event.type === 'message.updated';
    if (!isMessage && event.type !== 'reaction.changed') return null;
    // Of one that was deleted there is nothing left to read.
    if (isMessage && event.data.message.deletedAt !== undefined) return null;
    const { seq } = isMessage ? event.data.message : event.data;
    return seq <= (this.#groups.get(event.audience.id)?.historyFrom ?? 0) ? event.audience.id : null;
  }

  /** Follows nothing any more. */
  close(): void {
    this.#closed = true;
    for (const id of this.#groups.keys()) this.#fanOut.unfollow(this.#subscriber, topics.conversation(id));
    this.#groups.clear();
    this.#fanOut.unfollow(this.#subscriber, topics.person(this.#personId));
  }

  /** @returns false where the person is out of it again already */
  #join({ conversation: { id, kind, rev }, own }: NewConversationView): boolean {
    if (kind === 'direct') return true;
    if (rev < (this.#left.get(id) ?? 0)) return false;
    this.#left.delete(id);
    const followed = this.#groups.has(id);
    this.#groups.set(id, { rev, historyFrom: own.historyFrom });
    if (followed) return true;
    const seamless = this.#fanOut.isActive(topics.conversation(id));
    this.#follow(topics.conversation(id)).then(
      () => {
        if (!seamless) this.#missed(id);
      },
      () => this.#missed(id),
    );
    return true;
  }

  /** @returns false where the person has come in again already */
  #leave(id: string, rev: number): boolean {
    if (rev < (this.#groups.get(id)?.rev ?? 0)) return false;
    this.#left.set(id, Math.max(rev, this.#left.get(id) ?? 0));
    this.#drop(id);
    return true;
  }

  #drop(id: string): void {
    if (this.#groups.delete(id)) this.#fanOut.unfollow(this.#subscriber, topics.conversation(id));
  }

  async #follow(topic: string): Promise<void> {
    if (this.#closed) return;
    await this.#fanOut.follow(this.#subscriber, topic);
    // Closed, or out of the group, while it was being subscribed.
    const wanted = topic.startsWith('person:') || this.#groups.has(topic.slice(topics.conversation('').length));
    if (this.#closed || !wanted) this.#fanOut.unfollow(this.#subscriber, topic);
  }
}
