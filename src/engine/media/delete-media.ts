import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { type Clock, minute } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import { mediaNotFound } from './policy.ts';
import { releaseMedia } from './store.ts';

/** A message with it may just be on its way. */
export const releaseDelay = 5 * minute;

/**
 * The actor does not want to use a file that they have brought any more. Where a message or photo shows it, it stays
 * until that does not; otherwise it is removed.
 *
 * @throws EngineError `media_not_found`
 */
export const deleteMedia =
  ({ database, clock }: { database: Database; clock: Clock }) =>
  async (actor: Actor, id: string): Promise<void> => {
    const until = new Date(clock.now() + releaseDelay);
    const released = isId(id) && (await database.write((unit) => releaseMedia(unit, id, actor.personId, until)));
    if (!released) throw mediaNotFound();
  };
