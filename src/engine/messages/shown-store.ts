import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { Mention } from './references.ts';
import { joinMarks, type MessageRow, messageColumns, type Viewing } from './store.ts';

/**
 * SQL of messages as doors show them that know no places: without what was deleted, has vanished, or was written by the
 * server.
 */

/** SQL: whether a message of the alias is shown to who has not hidden it. `now` is an expression. */
export const isShown = (message: string, now: string): string => `(
  ${message}.kind <> 'system' and ${message}.deleted_at is null
  and (${message}.expires_at is null or ${message}.expires_at > ${now}))`;

/**
 * What is not shown is passed over on the way through the index by `seq`. As a case, for a planner without statistics would
 * take it for so rare that it gathers all of a conversation first.
 */
const shownPage = (order: 'asc' | 'desc'): string => `
  select ${messageColumns('m')}
  from (
    select page.* from messages page ${joinMarks('page', '$2')}
    where page.conversation_id = $1 and page.seq > $3 and page.seq < $4
      and case when ${isShown('page', '$5')} then mark.hidden is not true else false end
    order by page.seq ${order} offset $6 limit $7
  ) m ${joinMarks('m', '$2')}
  order by m.seq ${order}`;

const newestShown: PreparedStatement = { name: 'shown-messages-desc', text: shownPage('desc') };
const oldestShown: PreparedStatement = { name: 'shown-messages-asc', text: shownPage('asc') };

/** Which of the shown messages of a conversation are read. */
export interface ShownRange {
  /** Those with a smaller `seq`. */
  readonly before: number;
  readonly order: 'asc' | 'desc';
  /** So many are passed over. */
  readonly offset: number;
  readonly limit: number;
}

/** Messages of a conversation that a viewer is shown at `now`. */
export function selectShown(
  reader: Reader,
  { conversationId, personId, historyFrom }: Viewing,
  { before, order, offset, limit }: ShownRange,
  now: Date,
): Promise<MessageRow[]> {
  const values = [conversationId, personId, historyFrom, before, now, offset, limit];
  return reader.prepared<MessageRow>(order === 'asc' ? oldestShown : newestShown, values);
}

const locate: PreparedStatement = {
  name: 'locate-message',
  text: 'select conversation_id, seq, sender_id from messages where id = $1',
};

/** Where a message is, whoever may see it; undefined where there is none. */
export async function findPlace(
  reader: Reader,
  id: string,
): Promise<Pick<MessageRow, 'conversation_id' | 'seq' | 'sender_id'> | undefined> {
  return (await reader.prepared<Pick<MessageRow, 'conversation_id' | 'seq' | 'sender_id'>>(locate, [id]))[0];
}

/** What a message said before it was edited. */
export interface FormerRow {
  readonly conversation_id: string;
  readonly seq: number;
  readonly text: string;
  readonly mentions: readonly Mention[] | null;
  readonly replaced_at: Date;
}

const former: PreparedStatement = {
  name: 'former-texts',
  text: `
    select e.conversation_id, e.seq, e.text, e.mentions, e.replaced_at
    from unnest($1::uuid[], $2::bigint[]) as wanted (conversation_id, seq)
    cross join lateral (
      select * from message_edits
      where conversation_id = wanted.conversation_id and seq = wanted.seq order by rev limit 100
    ) e
    order by e.conversation_id, e.seq, e.rev`,
};

/** What messages said before, the oldest first. */
export function selectFormer(
  reader: Reader,
  places: readonly { readonly conversationId: string; readonly seq: number }[],
): Promise<FormerRow[]> {
  return reader.prepared<FormerRow>(former, [
    places.map(({ conversationId }) => conversationId),
    places.map(({ seq }) => seq),
  ]);
}
