import type { Engine } from '../../engine/engine.ts';
import { type Card, cardOf, goneCard } from './present/user.ts';

/** For whom something is shown. */
export interface Viewer {
  readonly personId: string;
}

/** Reads what is shown of people. */
export class Cards {
  readonly #presence: Pick<Engine['presence'], 'profiles'>;

  constructor(presence: Pick<Engine['presence'], 'profiles'>) {
    this.#presence = presence;
  }

  /** People as a viewer sees them, by id, in three statements; whoever is not there is shown as gone. */
  async of(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, Card>> {
    const cards = new Map(ids.map((id) => [id, goneCard(id)]));
    for (const profile of await this.#presence.profiles(viewer, [...cards.keys()])) {
      cards.set(profile.person.id, cardOf(profile));
    }
    return cards;
  }
}

/** One of those who were asked for. */
export function cardIn(cards: ReadonlyMap<string, Card>, id: string): Card {
  return cards.get(id) ?? goneCard(id);
}
