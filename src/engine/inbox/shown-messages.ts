import { conversationNotFound, type MemberReceiptRow, selectReceipts } from '../conversations/index.ts';
import {
  type ForwardedFrom,
  findQuoted,
  forwardedFrom,
  type MessageRow,
  type MessageView,
  messageView,
  placeKey,
  type QuotedView,
  selectFormer,
} from '../messages/index.ts';
import { type PersonView, visiblePeopleOf } from '../people/index.ts';
import type { Reader } from '../ports/database.ts';

/** How far somebody has come who was there when a message was sent, as the viewer may know it. */
export interface ReceiptOfMember {
  readonly personId: string;
  readonly joinedAt: Date;
  /** Has read everything up to this `seq`. */
  readonly read: number;
  /** When that last moved; null where it never has, or is not told. */
  readonly readAt: Date | null;
  readonly delivered: number;
  readonly deliveredAt: Date | null;
}

/** What of its recipients a message has reached. */
export type Reach = 'sent' | 'delivered' | 'read';

/** A message with all that a door shows beside it, as one viewer may see it. */
export interface ShownMessage {
  readonly message: MessageView;
  readonly sender: PersonView;
  /** The message that it answers, where the viewer is still shown it. */
  readonly quoted?: QuotedView;
  readonly forwardedFrom?: ForwardedFrom;
  /** What it said before, the oldest first; of an own message alone. */
  readonly former?: readonly { readonly text: string; readonly replacedAt: Date }[];
  /** By at least one of those who were there when it was sent, but its sender. `sent` in very large groups. */
  readonly reach: Reach;
  /**
   * Of the members and of those who have left, the viewer among them: the first {@link maxReceiptsShown}; none in very large
   * groups. The same for all messages of a conversation, so also of those who came later.
   */
  readonly receipts: readonly ReceiptOfMember[];
}

/** Receipts of more members than this are not listed. */
export const maxReceiptsShown = 100;

/** From where on a viewer sees each conversation. */
export type Floors = ReadonlyMap<string, number>;

/**
 * Brings all that belongs to messages, by at most four reads and one for each conversation.
 *
 * @param rows in any number of conversations, of each of which the viewer is a member
 */
export async function showMessages(
  reader: Reader,
  viewerId: string,
  rows: readonly MessageRow[],
  floors: Floors,
  now: Date,
): Promise<ShownMessage[]> {
  if (rows.length === 0) return [];
  const people = await visiblePeopleOf(reader, viewerId, [...new Set(rows.map((row) => row.sender_id))]);
  const senders = new Map(people.map((person) => [person.id, person]));
  const quotes = await findQuoted(reader, viewerId, quotedPlaces(rows, floors), now);
  const former = await formerTexts(reader, viewerId, rows);
  const receipts = new Map<string, Receipts>();
  for (const id of new Set(rows.map((row) => row.conversation_id))) {
    const all = (await selectReceipts(reader, id, viewerId)).map(receiptOf);
    receipts.set(id, { all, listed: all.slice(0, maxReceiptsShown) });
  }
  return rows.map((row) => {
    const { all, listed } = receipts.get(row.conversation_id) as Receipts;
    const quoted = row.reply_to ? quotes.get(placeKey(row.conversation_id, row.reply_to.seq)) : undefined;
    const said = former.get(placeKey(row.conversation_id, row.seq));
    // The account of a sender is never removed.
    const sender = senders.get(row.sender_id);
    if (!sender) throw conversationNotFound();
    return {
      message: messageView(row, now),
      sender,
      ...(quoted && { quoted }),
      ...(row.forwarded && { forwardedFrom: forwardedFrom(row.forwarded) }),
      ...(said && { former: said }),
      reach: reachOf(row, all),
      receipts: listed,
    };
  });
}

interface Receipts {
  readonly all: readonly ReceiptOfMember[];
  readonly listed: readonly ReceiptOfMember[];
}

const quotedPlaces = (rows: readonly MessageRow[], floors: Floors) =>
  rows.flatMap(({ conversation_id: conversationId, reply_to: answered }) =>
    answered ? [{ conversationId, seq: answered.seq, historyFrom: floors.get(conversationId) ?? 0 }] : [],
  );

async function formerTexts(reader: Reader, viewerId: string, rows: readonly MessageRow[]) {
  const edited = rows.filter(({ edited_at, sender_id }) => edited_at !== null && sender_id === viewerId);
  if (edited.length === 0) return new Map<string, { text: string; replacedAt: Date }[]>();
  const places = edited.map(({ conversation_id: conversationId, seq }) => ({ conversationId, seq }));
  const found = await selectFormer(reader, places);
  const texts = new Map<string, { text: string; replacedAt: Date }[]>();
  for (const { conversation_id, seq, text, replaced_at: replacedAt } of found) {
    const key = placeKey(conversation_id, seq);
    const said = texts.get(key) ?? [];
    said.push({ text, replacedAt });
    texts.set(key, said);
  }
  return texts;
}

const receiptOf = (row: MemberReceiptRow): ReceiptOfMember => ({
  personId: row.person_id,
  joinedAt: row.joined_at,
  read: row.read_seq,
  readAt: row.read_at,
  delivered: row.delivered_seq,
  deliveredAt: row.delivered_at,
});

/** Who came later is not asked: their watermarks began behind it. */
function reachOf(row: MessageRow, receipts: readonly ReceiptOfMember[]): Reach {
  let reach: Reach = 'sent';
  for (const { personId, joinedAt, read, delivered } of receipts) {
    if (personId === row.sender_id || joinedAt > row.created_at) continue;
    if (read >= row.seq) return 'read';
    if (delivered >= row.seq) reach = 'delivered';
  }
  return reach;
}
