import { archived } from '../conversations/index.ts';
import { isShown, joinMarks, messageColumns } from '../messages/index.ts';
import { type VisiblePerson, visiblePerson } from '../people/index.ts';
import type { PreparedStatement, Reader } from '../ports/database.ts';
import { type ConversationRow, conversationColumns, historyFrom, isHidden } from './store.ts';

/** Conversations as doors list them whose clients know no messages of the system and no places of deleted ones. */

const shownOf = (columns: string): string => `
  select ${columns} from messages l ${joinMarks('l', '$1')}
  where l.conversation_id = c.id and l.seq > ${historyFrom} and ${isShown('l', '$2')} and mark.hidden is not true
  order by l.seq desc limit 1`;

const lastShown = `(
  select to_jsonb(l) || jsonb_build_object('sender', (
    select ${visiblePerson('$1::uuid', 'p')} from people p where p.id = l.sender_id limit 1))
  from (${shownOf(messageColumns('l'))}) l)`;

const shownColumns = `
  ${conversationColumns(lastShown)}, me.read_at, ${isHidden} as deleted,
  (
    select id from messages
    where conversation_id = c.id and seq <= me.read_seq and kind <> 'system' and deleted_at is null
    order by seq desc limit 1
  ) as read_id`;

/** A conversation whose `last_message` is the last that is shown, with its sender. */
export type ShownConversationRow = ConversationRow & {
  readonly last_message: (ConversationRow['last_message'] & { readonly sender: VisiblePerson }) | null;
  readonly read_at: Date | null;
  readonly deleted: boolean;
  readonly read_id: string | null;
};

const shownById: PreparedStatement = {
  name: 'shown-conversations-by-id',
  text: `
    select ${shownColumns}
    from members me join conversations c on c.id = me.conversation_id
    where me.person_id = $1 and me.conversation_id = any ($3::uuid[]) and me.left_at is null
    order by c.last_activity_at desc, c.id desc`,
};

/** Those of the given conversations in which the person is. */
export function shownConversationsOf(
  reader: Reader,
  personId: string,
  now: Date,
  ids: readonly string[],
): Promise<ShownConversationRow[]> {
  return reader.prepared<ShownConversationRow>(shownById, [personId, now, ids]);
}

const shownPage: PreparedStatement = {
  name: 'shown-conversation-page',
  text: `
    with page as materialized (
      select me.*, last.created_at as said_at, c.created_at, count(*) over () as total
      from members me join conversations c on c.id = me.conversation_id
      left join lateral (${shownOf('l.created_at')}) last on true
      where me.person_id = $1 and me.left_at is null and not ${isHidden}
        and ($3::boolean is null or ${archived} = $3) and ($4::text is null or c.kind = $4)
      order by last.created_at desc nulls last, c.created_at desc, c.id desc offset $5 limit $6
    )
    select ${shownColumns}, me.total
    from page me join conversations c on c.id = me.conversation_id
    order by me.said_at desc nulls last, me.created_at desc, c.id desc`,
};

/** Which conversations of a list are shown; null: all. */
export interface ShownListFilter {
  readonly archived: boolean | null;
  readonly kind: ConversationRow['kind'] | null;
}

/**
 * A person's conversations by the time of the last message that is shown; those without any come last, the newest first.
 * Each row says how many there are in all.
 */
export function selectShownConversations(
  reader: Reader,
  personId: string,
  now: Date,
  { archived: inArchive, kind }: ShownListFilter,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<(ShownConversationRow & { readonly total: number })[]> {
  return reader.prepared(shownPage, [personId, now, inArchive, kind, offset, limit]);
}
