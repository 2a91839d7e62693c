import { type PublicFace, publicFacesOf } from '../people/index.ts';
import type { Reader } from '../ports/database.ts';
import { findQuoted, placeKey, type QuotedView } from './quoted-store.ts';
import type { Forwarded, MessageRow } from './store.ts';

/** Whose message a copy was at first, and where. Not all doors tell: it may be nobody's business. */
export type ForwardedFrom = Pick<Forwarded, 'senderId' | 'conversationId'>;

/** What doors show beside a new message, so that none of them has to ask. The same for all who get it. */
export interface MessageContext {
  /** What everybody may see of its sender. */
  readonly sender: PublicFace;
  /** The message that it answers. */
  readonly quoted?: QuotedView;
  readonly forwardedFrom?: ForwardedFrom;
}

/** Where the first message of a copy was. */
export const forwardedFrom = ({ senderId, conversationId }: Forwarded): ForwardedFrom => ({ senderId, conversationId });

/** What belongs beside messages that their sender has sent before, by their ids. */
export async function contextsOf(
  reader: Reader,
  rows: readonly MessageRow[],
  now: Date,
): Promise<Map<string, MessageContext>> {
  const faces = await publicFacesOf(reader, [...new Set(rows.map((row) => row.sender_id))]);
  const contexts = new Map<string, MessageContext>();
  for (const [senderId, own] of Map.groupBy(rows, (row) => row.sender_id)) {
    const places = own.flatMap(({ conversation_id: conversationId, reply_to }) =>
      reply_to ? [{ conversationId, seq: reply_to.seq, historyFrom: 0 }] : [],
    );
    const quotes = await findQuoted(reader, senderId, places, now);
    for (const row of own) {
      const quoted = row.reply_to ? quotes.get(placeKey(row.conversation_id, row.reply_to.seq)) : undefined;
      contexts.set(row.id, {
        sender: faces.get(senderId) ?? { id: senderId, name: '', username: null, photoUrl: null },
        ...(quoted && { quoted }),
        ...(row.forwarded && { forwardedFrom: forwardedFrom(row.forwarded) }),
      });
    }
  }
  return contexts;
}
