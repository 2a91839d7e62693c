import { lockPerson, personNotFound } from '../people/index.ts';
import type { Database, UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { type NotificationKind, notificationKinds } from './kinds.ts';
import { kindsOf, notifyOfDirectsOf, setKinds } from './store.ts';

/**
 * Gives the actor a feed: from now on notifications of all kinds are kept for them. Who has one already, or has turned it
 * off, keeps it as it is, which costs one look-up.
 *
 * @throws EngineError `person_not_found`
 */
export const follow =
  (deps: { database: Database }) =>
  async ({ personId }: Actor): Promise<void> => {
    if ((await deps.database.read((reader) => kindsOf(reader, personId))) !== null) return;
    await deps.database.write(async (unit) => {
      const before = await lockFeed(unit, personId);
      if (before === null) await changeFeed(unit, personId, before, notificationKinds);
    });
  };

/**
 * Locks a person, so that no conversation is started with them in this moment, and nobody else changes what they are
 * notified of.
 *
 * @throws EngineError `person_not_found`
 */
export async function lockFeed(unit: UnitOfWork, personId: string): Promise<readonly NotificationKind[] | null> {
  if (!(await lockPerson(unit, personId, 'alone'))) throw personNotFound();
  return kindsOf(unit, personId);
}

export async function changeFeed(
  unit: UnitOfWork,
  personId: string,
  before: readonly NotificationKind[] | null,
  kinds: readonly NotificationKind[],
): Promise<void> {
  await setKinds(unit, personId, kinds);
  if (before === null) await notifyOfDirectsOf(unit, personId);
}
