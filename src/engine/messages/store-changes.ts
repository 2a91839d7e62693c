import { type PreparedStatement, plainArray, type Reader, type UnitOfWork } from '../ports/database.ts';
import type { Mention } from './references.ts';
import { forgetSearchBlocks } from './search-index.ts';
import { joinMarks, type MessageRow, messageColumns, type Viewing } from './store.ts';

/**
 * SQL of what people do with messages that are there. Whoever writes has locked the conversation and has taken the `rev`
 * from it; so a message is changed by one at a time, and what was read of it before still holds.
 */

/** Where a message is. */
type Place = Pick<MessageRow, 'conversation_id' | 'seq'>;

const edit: PreparedStatement = {
  name: 'edit-message',
  text: `
    with former as (
      insert into message_edits (conversation_id, seq, rev, text, mentions, replaced_at)
      select conversation_id, seq, rev, text, mentions, $6 from messages where conversation_id = $1 and seq = $2
    )
    update messages set text = $4, mentions = $5::jsonb, edited_at = $6, rev = $3, changed = true
    where conversation_id = $1 and seq = $2`,
};

/** Gives a message another text, and keeps the former. */
export async function storeEdit(
  unit: UnitOfWork,
  { conversation_id, seq }: Place,
  now: { rev: number; text: string; mentions: readonly Mention[] | null; at: Date },
): Promise<void> {
  const mentions = now.mentions && JSON.stringify(now.mentions);
  await unit.prepared(edit, [conversation_id, seq, now.rev, now.text, mentions, now.at]);
  await forgetSearchBlocks(unit, conversation_id, [seq]);
}

const editCount: PreparedStatement = {
  name: 'count-edits',
  text: 'select count(*) as n from message_edits where conversation_id = $1 and seq = $2',
};

/** How many texts a message had before its own. */
export async function countEdits(reader: Reader, { conversation_id, seq }: Place): Promise<number> {
  const [row] = await reader.prepared<{ n: number }>(editCount, [conversation_id, seq]);
  return row?.n ?? 0;
}

/** A text of a message; `replaced_at` is null for that which it has now. */
export interface EditRow {
  readonly text: string;
  readonly mentions: readonly Mention[] | null;
  readonly replaced_at: Date | null;
}

const edits: PreparedStatement = {
  name: 'edits-of-message',
  text: `
    select text, mentions, replaced_at from (
      select rev, text, mentions, replaced_at from message_edits where conversation_id = $1 and seq = $2
      union all
      select rev, text, mentions, null from messages where conversation_id = $1 and seq = $2 and deleted_at is null
    ) said
    order by replaced_at is null, rev`,
};

/** All texts of a message, the oldest first. */
export function selectEdits(reader: Reader, { conversation_id, seq }: Place): Promise<EditRow[]> {
  return reader.prepared<EditRow>(edits, [conversation_id, seq]);
}

const tombstones: PreparedStatement = {
  name: 'bury-messages',
  text: `
    update messages m set
      text = '', content = null, reply_to = null, mentions = null, forwarded = null, reaction_count = 0,
      edited_at = null, pinned_at = null, pinned_by = null, expires_at = null,
      deleted_at = coalesce($4::timestamptz, m.expires_at), deleted_by = $5, rev = grave.rev, changed = true
    from unnest($2::bigint[], $3::bigint[]) as grave (seq, rev)
    where m.conversation_id = $1 and m.seq = grave.seq`,
};
const buryReactions: PreparedStatement = {
  name: 'bury-reactions',
  text: 'delete from reactions where conversation_id = $1 and seq = any ($2::bigint[])',
};
const buryEdits: PreparedStatement = {
  name: 'bury-edits',
  text: 'delete from message_edits where conversation_id = $1 and seq = any ($2::bigint[])',
};
/** In the order of `seq`, in which each person locks their own marks. */
const lockStars: PreparedStatement = {
  name: 'lock-stars',
  text: `
    select from message_marks
    where conversation_id = $1 and seq = any ($2::bigint[]) and starred_at is not null
    order by seq, person_id for no key update`,
};
const buryStars: PreparedStatement = {
  name: 'bury-stars',
  text: `
    update message_marks set starred_at = null
    where conversation_id = $1 and seq = any ($2::bigint[]) and starred_at is not null`,
};

/** Makes tombstones of messages: their places stay, and nothing of what was said or thought of it. */
export async function bury(unit: UnitOfWork, { conversationId, by, at, ...buried }: BuriedMessages): Promise<void> {
  // In their order: with each goes its notification, and who reads on takes those in that order.
  const graves = [...buried.graves].sort((a, b) => a.seq - b.seq);
  const seqs = plainArray(graves.map(({ seq }) => seq));
  const revs = plainArray(graves.map(({ rev }) => rev));
  await unit.prepared(tombstones, [conversationId, seqs, revs, at, by]);
  for (const statement of [buryReactions, buryEdits, lockStars, buryStars]) {
    await unit.prepared(statement, [conversationId, seqs]);
  }
  await forgetSearchBlocks(
    unit,
    conversationId,
    graves.map(({ seq }) => seq),
  );
}

export interface BuriedMessages {
  readonly conversationId: string;
  readonly graves: readonly { readonly seq: number; readonly rev: number }[];
  /** null: nobody, their time was over. */
  readonly by: string | null;
  /** null: when its time was over. */
  readonly at: Date | null;
}

const react: PreparedStatement = {
  name: 'react-to-message',
  text: `
    with reaction as (
      insert into reactions (conversation_id, seq, person_id, emoji, reacted_at) values ($1, $2, $4, $5, $6)
      on conflict (conversation_id, seq, person_id) do update set emoji = excluded.emoji, reacted_at = excluded.reacted_at
    )
    update messages set rev = $3, changed = true, reaction_count = reaction_count + case when exists (
      select from reactions where conversation_id = $1 and seq = $2 and person_id = $4
    ) then 0 else 1 end
    where conversation_id = $1 and seq = $2`,
};

/** Notes a person's reaction, instead of an earlier one of theirs. */
export async function storeReaction(
  unit: UnitOfWork,
  { conversation_id, seq }: Place,
  reaction: { personId: string; emoji: string; at: Date; rev: number },
): Promise<void> {
  const { rev, personId, emoji, at } = reaction;
  await unit.prepared(react, [conversation_id, seq, rev, personId, emoji, at]);
}

const takeBack: PreparedStatement = {
  name: 'take-back-reaction',
  text: `
    with gone as (delete from reactions where conversation_id = $1 and seq = $2 and person_id = $4 returning 1)
    update messages set rev = $3, changed = true, reaction_count = reaction_count - (select count(*) from gone)
    where conversation_id = $1 and seq = $2`,
};

/** Removes a person's reaction. */
export async function deleteReaction(
  unit: UnitOfWork,
  { conversation_id, seq }: Place,
  { personId, rev }: { personId: string; rev: number },
): Promise<void> {
  await unit.prepared(takeBack, [conversation_id, seq, rev, personId]);
}

const pin: PreparedStatement = {
  name: 'pin-message',
  text: `
    update messages set pinned_at = $4, pinned_by = $5, rev = $3, changed = true
    where conversation_id = $1 and seq = $2`,
};

/** Pins a message, or unpins it where `pinned` is null. */
export async function storePin(
  unit: UnitOfWork,
  { conversation_id, seq }: Place,
  rev: number,
  pinned: { at: Date; by: string } | null,
): Promise<void> {
  await unit.prepared(pin, [conversation_id, seq, rev, pinned?.at ?? null, pinned?.by ?? null]);
}

const pinCount: PreparedStatement = {
  name: 'count-pins',
  text: 'select count(*) as n from messages where conversation_id = $1 and pinned_at is not null',
};

/** How many messages of a conversation are pinned. */
export async function countPins(reader: Reader, conversationId: string): Promise<number> {
  const [row] = await reader.prepared<{ n: number }>(pinCount, [conversationId]);
  return row?.n ?? 0;
}

/** `offset 0` keeps `seq` out of the choice of an index: there are few pins, and many messages behind a place. */
const pins: PreparedStatement = {
  name: 'pins-of-conversation',
  text: `
    select ${messageColumns('m')}
    from (select * from messages where conversation_id = $1 and pinned_at is not null offset 0) m ${joinMarks('m', '$2')}
    where m.seq > $3 and mark.hidden is not true
    order by m.pinned_at desc, m.seq desc`,
};

/** The pinned messages that the viewer may see, the last pinned first. */
export function selectPins(reader: Reader, viewing: Viewing): Promise<MessageRow[]> {
  return reader.prepared<MessageRow>(pins, [viewing.conversationId, viewing.personId, viewing.historyFrom]);
}

const seenBy: PreparedStatement = {
  name: 'seen-by',
  text: `
    select person_id, shown_read_seq >= $2 as read from members
    where conversation_id = $1 and person_id > $5 and left_at is null and person_id <> $3
      and delivered_seq >= $2 and joined_at <= $4
    order by person_id limit $6`,
};

/**
 * Members to whom a message was delivered, and whether they let others know that they have read it. Without its sender, and
 * without those who came after it: their watermarks began behind it.
 *
 * @param after the last person of the page before
 */
export function selectSeenBy(
  reader: Reader,
  { conversation_id, seq, sender_id, created_at }: MessageRow,
  after: string,
  limit: number,
): Promise<{ person_id: string; read: boolean }[]> {
  return reader.prepared(seenBy, [conversation_id, seq, sender_id, created_at, after, limit]);
}
