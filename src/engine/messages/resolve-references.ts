import type { Membership } from '../conversations/index.ts';
import type { Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { assertMentions } from './mentions.ts';
import { messageNotFound } from './policy.ts';
import { findAnswered, type QuotedView, quotedView } from './quoted-store.ts';
import type { Mention, ReplyTo } from './references.ts';
import { goneSince } from './views.ts';

/** The message that another one answers: what is stored of it there, and what is shown. */
export interface Answered {
  readonly replyTo: ReplyTo;
  readonly quoted: QuotedView;
}

/**
 * Finds what a message refers to, and checks that its sender may.
 *
 * @param member what the sender is in the conversation
 * @throws EngineError `invalid_request`, `message_not_found`
 */
export async function resolveReferences(
  reader: Reader,
  actor: Actor,
  member: Membership,
  message: {
    readonly conversationId: string;
    readonly text: string;
    readonly replyTo?: string | undefined;
    readonly mentions?: readonly Mention[] | undefined;
  },
  now: Date,
): Promise<Answered | undefined> {
  const { conversationId, text, replyTo, mentions = [] } = message;
  await assertMentions(reader, conversationId, text, mentions);
  if (replyTo === undefined) return undefined;
  const viewing = { conversationId, personId: actor.personId, historyFrom: member.history_from };
  const row = isId(replyTo) ? await findAnswered(reader, viewing, replyTo) : undefined;
  if (!row || row.hidden || goneSince(row, now) !== null) throw messageNotFound();
  return { replyTo: { messageId: row.id, seq: row.seq, senderId: row.sender_id }, quoted: quotedView(row) };
}
