import { closeDirects, resetOwnSettings, selectCurrentMemberships } from '../conversations/index.ts';
import { leaveWithin, withdrawAllRequests } from '../groups/index.ts';
import { detachContacts } from '../people/index.ts';
import type { Database, UnitOfWork } from '../ports/database.ts';
import { type Clock, minute } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import {
  anyDeparture,
  claimDeparture,
  type DepartureRow,
  deleteDeparture,
  insertDeparture,
  moveDeparture,
} from './store.ts';

interface DepartureDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** A step takes far less; a node that has died at it holds it up for so long. */
const lease = minute;
/** Conversations of one step. */
const pageSize = 100;
/** Contacts of others that one transaction changes. */
const contactsAtOnce = 500;

/**
 * Begins to take a person whose account is deleted out of everything that is shared with others, in the transaction that
 * deletes it. What has to be locked for that is unbounded, so it is done afterwards, in steps, by {@link depart} or by
 * {@link continueDepartures} on any node: whatever dies in between, it is finished.
 */
export const beginDeparture =
  ({ clock }: DepartureDeps) =>
  (unit: UnitOfWork, personId: string): Promise<void> =>
    insertDeparture(unit, personId, new Date(clock.now() + lease));

/** The first step at once: with it most people are out of everything. */
export const depart =
  (deps: DepartureDeps) =>
  (personId: string): Promise<void> =>
    step(deps, {
      person_id: personId,
      position: '00000000-0000-0000-0000-000000000000',
      not_before: new Date(deps.clock.now()),
    });

/** Goes on with what is begun. Run it now and then, on all nodes. */
export const continueDepartures =
  (deps: DepartureDeps) =>
  async (stopping?: AbortSignal): Promise<void> => {
    while (!stopping?.aborted) {
      const now = deps.clock.now();
      if (!(await deps.database.read((reader) => anyDeparture(reader, new Date(now))))) return;
      const departure = await deps.database.write((unit) => claimDeparture(unit, new Date(now), new Date(now + lease)));
      if (!departure) return;
      await step(deps, departure);
    }
  };

/** Every part of it can be done twice. */
async function step({ database, clock }: DepartureDeps, departure: DepartureRow): Promise<void> {
  const personId = departure.person_id;
  const page = await database.read((reader) =>
    selectCurrentMemberships(reader, personId, departure.position, pageSize),
  );
  const direct = page.filter(({ kind }) => kind === 'direct').map((row) => row.conversation_id);
  await database.write((unit) => closeDirects(unit, direct));
  for (const { kind, conversation_id: conversationId } of page) {
    if (kind === 'group') await leaveGroup({ database, clock }, personId, conversationId);
  }
  const ids = page.map((row) => row.conversation_id);
  await database.write((unit) => resetOwnSettings(unit, personId, ids));
  const moreRequests = await withdrawAllRequests(database, personId);
  const moreContacts = await database.write((unit) => detachContacts(unit, personId, contactsAtOnce));
  await database.write(async (unit) => {
    if (page.length < pageSize && !moreRequests && !moreContacts) return deleteDeparture(unit, personId);
    const position = ids.at(-1) ?? departure.position;
    await moveDeparture(unit, { person_id: personId, position, not_before: new Date(clock.now()) });
  });
}

/** Takes the person out of a group, where they are still in it. */
async function leaveGroup({ database, clock }: DepartureDeps, personId: string, conversationId: string): Promise<void> {
  try {
    await database.write((unit) => leaveWithin(unit, clock, { personId }, conversationId));
  } catch (error) {
    // Removed by somebody else, or closed, in this moment.
    if (!(error instanceof EngineError && error.code === 'conversation_not_found')) throw error;
  }
}
