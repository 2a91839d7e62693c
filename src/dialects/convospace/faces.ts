import { LRUCache } from 'lru-cache';
import { second } from '../../engine/shared/clock.ts';
import { type Cards, cardIn, type Viewer } from './cards.ts';
import type { Card } from './present/user.ts';

/** For so long events may show people as they were. */
const remembered = 5 * second;

/** People as events show them. A conversation brings many in a row, and each would ask for the same two. */
export class Faces {
  readonly #cards: Pick<Cards, 'of'>;
  readonly #known = new LRUCache<string, Promise<ReadonlyMap<string, Card>>>({ max: 10_000, ttl: remembered });

  constructor(cards: Pick<Cards, 'of'>) {
    this.#cards = cards;
  }

  /** People as a viewer sees them, or saw them a few seconds ago. */
  async of(viewer: Viewer, ids: readonly string[]): Promise<(id: string) => Card> {
    const key = [viewer.personId, ...ids].join(':');
    let cards = this.#known.get(key);
    if (!cards) {
      cards = this.#cards.of(viewer, ids);
      this.#known.set(key, cards);
      cards.catch(() => this.#known.delete(key));
    }
    const found = await cards;
    return (id) => cardIn(found, id);
  }
}
