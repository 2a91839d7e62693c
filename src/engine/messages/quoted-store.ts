import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { MessageKind } from './content.ts';
import { joinMarks, type MessageRow, messageColumns, messageWithId, type Viewing } from './store.ts';

/** The message that another one answers, as much as is shown of it there. */
export interface QuotedView {
  readonly id: string;
  readonly seq: number;
  readonly kind: MessageKind;
  /** At most {@link maxQuotedText} characters. */
  readonly text: string;
  readonly senderId: string;
  readonly senderName: string;
}

/** The most characters of a text that are shown where it is answered. */
export const maxQuotedText = 300;

const nameOf = (person: string): string => `(select name from people where id = ${person} limit 1)`;

const answered: PreparedStatement = {
  name: 'answered-message',
  text: `
    select ${messageColumns('m')}, ${nameOf('m.sender_id')} as sender_name
    from ${messageWithId('$4')} m ${joinMarks('m', '$2')}`,
};

/** A message that is to be answered, with the name of who sent it, where the viewer may see it. */
export async function findAnswered(
  reader: Reader,
  { conversationId, personId, historyFrom }: Viewing,
  id: string,
): Promise<(MessageRow & { readonly sender_name: string }) | undefined> {
  const values = [conversationId, personId, historyFrom, id];
  return (await reader.prepared<MessageRow & { sender_name: string }>(answered, values))[0];
}

/** What is shown of a message where it is answered. */
export const quotedView = (row: MessageRow & { readonly sender_name: string }): QuotedView => ({
  id: row.id,
  seq: row.seq,
  kind: row.kind,
  text: [...row.text.slice(0, 2 * maxQuotedText)].slice(0, maxQuotedText).join(''),
  senderId: row.sender_id,
  senderName: row.sender_name,
});

const quoted: PreparedStatement = {
  name: 'quoted-messages',
  text: `
    select q.conversation_id, q.id, q.seq, q.kind, left(q.text, ${maxQuotedText}) as text, q.sender_id,
      ${nameOf('q.sender_id')} as sender_name
    from unnest($1::uuid[], $2::bigint[]) as wanted (conversation_id, seq)
    cross join lateral (
      select * from messages where conversation_id = wanted.conversation_id and seq = wanted.seq limit 1
    ) q ${joinMarks('q', '$3')}
    where q.deleted_at is null and (q.expires_at is null or q.expires_at > $4) and mark.hidden is not true`,
};

/** Where a message is, and from where on its viewer sees the conversation. */
export interface QuotedPlace {
  readonly conversationId: string;
  readonly seq: number;
  readonly historyFrom: number;
}

/** The key of a message in what {@link findQuoted} finds. */
export const placeKey = (conversationId: string, seq: number): string => `${conversationId}:${seq}`;

/** Those of the given messages that a viewer is shown at `now`, by {@link placeKey}. */
export async function findQuoted(
  reader: Reader,
  viewerId: string,
  places: readonly QuotedPlace[],
  now: Date,
): Promise<Map<string, QuotedView>> {
  const seen = places.filter(({ seq, historyFrom }) => seq > historyFrom);
  if (seen.length === 0) return new Map();
  const rows = await reader.prepared<MessageRow & { sender_name: string }>(quoted, [
    seen.map(({ conversationId }) => conversationId),
    seen.map(({ seq }) => seq),
    viewerId,
    now,
  ]);
  return new Map(rows.map((row) => [placeKey(row.conversation_id, row.seq), quotedView(row)]));
}
