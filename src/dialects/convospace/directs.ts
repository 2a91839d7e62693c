import { LRUCache } from 'lru-cache';
import type { Engine } from '../../engine/engine.ts';
import type { Actor } from '../../engine/shared/actor.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { otherIn, type Pair, pairOf } from './present/conversation.ts';

const notFound = () => new EngineError('conversation_not_found', 'There is no such conversation.');

/** Who is in direct conversations. That never changes, so it is remembered; groups are not there for this door. */
export class Directs {
  readonly #inbox: Pick<Engine['inbox'], 'getShown'>;
  readonly #known = new LRUCache<string, Pair>({ max: 50_000 });

  constructor(inbox: Pick<Engine['inbox'], 'getShown'>) {
    this.#inbox = inbox;
  }

  /**
   * The two people of a direct conversation of the actor.
   *
   * @throws EngineError `conversation_not_found`, also of a group and where the actor is none of the two
   */
  async pairOf(actor: Actor, conversationId: string): Promise<Pair> {
    let pair = this.#known.get(conversationId);
    if (!pair) {
      const view = await this.#inbox.getShown(actor, conversationId);
      if (view.kind !== 'direct') throw notFound();
      pair = pairOf(view);
      this.#known.set(conversationId, pair);
    }
    if (otherIn(pair, actor.personId) === null) throw notFound();
    return pair;
  }

  /** Whether the people of a conversation are known without being looked up. */
  isKnown(conversationId: string): boolean {
    return this.#known.has(conversationId);
  }

  /** The other person of a direct conversation of the actor. @throws EngineError `conversation_not_found` */
  async otherOf(actor: Actor, conversationId: string): Promise<string> {
    return otherIn(await this.pairOf(actor, conversationId), actor.personId) as string;
  }
}
