import {
  type Availability,
  type CustomStatus,
  customStatusOf,
  findPerson,
  lockPeople,
  personNotFound,
  type StatusColumns,
  setStatus,
} from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { presenceEvents } from './announce-presence.ts';
import type { PresenceChange } from './events.ts';
import { presenceView } from './presence-view.ts';
import type { PresenceDeps } from './track-presence.ts';

export interface StatusChange {
  readonly availability?: Availability | undefined;
  /** null: none. */
  readonly customStatus?: (Omit<CustomStatus, 'expiresAt'> & { readonly expiresAt?: Date | null }) | null | undefined;
}

/** What a person has chosen, as they see it themself. */
export interface OwnStatus {
  readonly availability: Availability;
  readonly customStatus: CustomStatus | null;
}

/**
 * Changes what the actor appears as: who chooses `offline` is online for nobody from then on, whatever connections they
 * have. Who may see their presence learns of it.
 *
 * @throws EngineError `invalid_request` where a status is empty, or has expired already
 */
export const updateStatus =
  (deps: PresenceDeps) =>
  async (actor: Actor, change: StatusChange): Promise<OwnStatus> => {
    const now = deps.clock.now();
    const columns: Partial<StatusColumns> = {
      ...(change.availability !== undefined && { availability: change.availability }),
      ...(change.customStatus !== undefined && customColumns(change.customStatus, now)),
    };
    const connected = (await deps.registry.online([actor.personId])).has(actor.personId);
    return deps.database.write(async (unit) => {
      const [before] = await lockPeople(unit, [actor.personId], 'alone');
      if (!before || before.deleted_at !== null) throw personNotFound();
      // Who disappears was there until now, as if their last connection were closed, and comes with the next choice.
      const { availability = before.availability } = change;
      const moves = connected && (availability === 'offline') !== (before.availability === 'offline');
      const changes = { ...columns, ...(moves && { last_seen_at: new Date(now) }) };
      const row = Object.keys(changes).length === 0 ? before : await setStatus(unit, actor.personId, changes);
      if (!row) throw personNotFound();
      const view = presenceView(row, connected, now);
      const tell = (what: PresenceChange): void => {
        const data = { ...view, change: what, moved: what === 'availability' && moves };
        for (const event of presenceEvents(data, row.privacy_last_seen)) unit.announce(event);
        unit.announce({ type: 'presence.changed', audience: { kind: 'people', ids: [actor.personId] }, data });
      };
      if (change.availability !== undefined) tell('availability');
      if (change.customStatus !== undefined) tell('custom_status');
      return { availability: row.availability, customStatus: customStatusOf(row, now) };
    });
  };

function customColumns(status: StatusChange['customStatus'], now: number): Partial<StatusColumns> {
  if (!status) return { status_text: null, status_emoji: null, status_until: null };
  const [text, emoji] = [status.text.trim(), status.emoji.trim()];
  const { expiresAt = null } = status;
  if (text === '' && emoji === '') {
    throw new EngineError('invalid_request', 'A status has a text or an emoji; null is none.', {
      path: '/customStatus',
    });
  }
  if (expiresAt !== null && expiresAt.getTime() <= now) {
    const path = '/customStatus/expiresAt';
    throw new EngineError('invalid_request', 'A status cannot have expired already.', { path });
  }
  return { status_text: text, status_emoji: emoji, status_until: expiresAt };
}

/**
 * Who wanted to appear offline is shown again, for doors whose clients expect it of who comes back. Nothing changes for
 * anybody else.
 */
export const appear =
  (deps: PresenceDeps) =>
  async (actor: Actor): Promise<void> => {
    const person = await deps.database.read((reader) => findPerson(reader, actor.personId));
    if (person?.availability === 'offline') await updateStatus(deps)(actor, { availability: 'online' });
  };
