import type { Actor } from '../shared/actor.ts';
import type { ContactsDeps } from './deps.ts';
import { selectBlockedWith } from './store.ts';

/** The most people that are looked at; nobody is blocked by so many. */
const most = 10_000;

/**
 * Those with whom the actor has no contact because one of the two has blocked the other. For doors alone, which keep them
 * apart: who of the two it was is told to nobody.
 */
export const listBlockedWith =
  (deps: Pick<ContactsDeps, 'database'>) =>
  async ({ personId }: Pick<Actor, 'personId'>): Promise<string[]> =>
    deps.database.read((reader) => selectBlockedWith(reader, personId, most));
