import { type PreparedStatement, plainArray, type Reader, type UnitOfWork } from '../ports/database.ts';
import { messageWithId, type Viewing } from './store.ts';

/**
 * What a member does with messages for themself. Each statement belongs to a change of the member's own `version`, whose row
 * (`lockOwnMember` of conversations) the caller has locked: so two of one person never run at once. Marks are also changed
 * by who deletes the messages, for everybody: all lock them in the order of `seq`, so that nobody waits in a circle.
 */

/** A message and the member's mark on it. */
export interface MarkedPlace {
  readonly id: string;
  readonly seq: number;
  /** Deleted for everybody, or its time is over. */
  readonly gone: boolean;
  readonly hidden: boolean;
  readonly starred: boolean;
}

const places: PreparedStatement = {
  name: 'marked-places',
  text: `
    select m.id, m.seq, m.deleted_at is not null or coalesce(m.expires_at <= $5, false) as gone, coalesce(mark.hidden, false) as hidden,
      mark.starred_at is not null as starred
    from unnest($4::uuid[]) as wanted (id)
    cross join lateral ${messageWithId('wanted.id')} m
    left join lateral (
      select hidden, starred_at from message_marks where person_id = $2 and conversation_id = $1 and seq = m.seq limit 1
    ) mark on true`,
};

/** Those of the given messages that are in the viewer's history. */
export function findPlaces(
  reader: Reader,
  { conversationId, personId, historyFrom }: Viewing,
  ids: readonly string[],
  now: Date,
): Promise<MarkedPlace[]> {
  return reader.prepared(places, [conversationId, personId, historyFrom, plainArray(ids), now]);
}

/** Whose mark, at which change of their own things. */
export interface Marking {
  readonly personId: string;
  readonly conversationId: string;
  /** The member's version from this change on. */
  readonly version: number;
}

const hide: PreparedStatement = {
  name: 'hide-messages',
  text: `
    insert into message_marks (person_id, conversation_id, seq, hidden, version)
    select $1, $2, seq, true, $3 from unnest($4::bigint[]) as wanted (seq) order by seq
    on conflict (person_id, conversation_id, seq) do update set hidden = true, starred_at = null, version = $3`,
};

/** Hides messages from a member, for good. What they have starred of them is starred no more. */
export async function hideMessages(unit: UnitOfWork, marking: Marking, seqs: readonly number[]): Promise<void> {
  await unit.prepared(hide, [marking.personId, marking.conversationId, marking.version, plainArray(seqs)]);
}

const star: PreparedStatement = {
  name: 'star-message',
  text: `
    insert into message_marks (person_id, conversation_id, seq, starred_at, version) values ($1, $2, $4, $5, $3)
    on conflict (person_id, conversation_id, seq) do update set starred_at = $5, version = $3`,
};

/** @param at null takes the star away; the mark stays, so that other devices learn of it */
export async function starMessage(unit: UnitOfWork, marking: Marking, seq: number, at: Date | null): Promise<void> {
  await unit.prepared(star, [marking.personId, marking.conversationId, marking.version, seq, at]);
}

/** A statement of its own: a join of the locked rows with those to delete might compare each with each. */
const lockOwn: PreparedStatement = {
  name: 'lock-own-marks',
  text: `
    select from message_marks where person_id = $1 and conversation_id = $2 and seq <= $3 order by seq for update`,
};
const clear: PreparedStatement = {
  name: 'clear-marks',
  text: `
    with gone as (
      delete from message_marks where person_id = $1 and conversation_id = $2 and seq <= $3 returning hidden
    )
    select count(*) filter (where hidden) as hidden from gone`,
};

/** Removes a member's marks on messages up to a `seq`. @returns how many of them were hidden */
export async function clearMarks(
  unit: UnitOfWork,
  personId: string,
  conversationId: string,
  upTo: number,
): Promise<number> {
  await unit.prepared(lockOwn, [personId, conversationId, upTo]);
  return (await unit.prepared<{ hidden: number }>(clear, [personId, conversationId, upTo]))[0]?.hidden ?? 0;
}
