import { audienceOf, type ConversationFacts, type ConversationRow, conversationFacts } from '../conversations/index.ts';
import { storeSystemMessage } from '../messages/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { changeConversation } from './store.ts';

/** What of a conversation's row its members may change. */
export type FactColumns = Partial<
  Pick<
    ConversationRow,
    | 'title'
    | 'search'
    | 'description'
    | 'photo_url'
    | 'photo_media_id'
    | 'who_can_send'
    | 'who_can_edit'
    | 'who_can_add'
    | 'join_approval'
    | 'history_for_newcomers'
    | 'disappearing_seconds'
  >
>;

type Column = keyof FactColumns;

/** The fact that a column is part of; null where it is of no fact. */
const factOf: Readonly<Record<Column, keyof ConversationFacts | null>> = {
  title: 'title',
  search: null,
  description: 'description',
  photo_url: 'photoUrl',
  photo_media_id: null,
  who_can_send: 'settings',
  who_can_edit: 'settings',
  who_can_add: 'settings',
  join_approval: 'settings',
  history_for_newcomers: 'settings',
  disappearing_seconds: 'disappearingSeconds',
};

/**
 * Changes what a conversation is for all, tells of it, and has a message say what has changed. What is the same as before
 * is no change. The caller has locked the conversation.
 *
 * @returns the facts at the `rev` of the change, before the messages about it
 */
export async function changeFacts(
  unit: UnitOfWork,
  clock: Clock,
  actorId: string,
  row: ConversationRow,
  wanted: FactColumns,
): Promise<ConversationFacts> {
  const changed = (Object.keys(wanted) as Column[]).filter((column) => wanted[column] !== row[column]);
  if (changed.length === 0) return conversationFacts(row);
  const change = Object.fromEntries(changed.map((column) => [column, wanted[column]])) as FactColumns;
  const conversation = conversationFacts(await changeConversation(unit, row.id, change));
  const audience = audienceOf(row.id, row.direct_key);
  const facts = new Set(changed.flatMap((column) => factOf[column] ?? []));
  unit.announce({ type: 'conversation.updated', audience, data: { conversation, changed: [...facts], by: actorId } });
  const events = [
    ...(facts.has('title') ? [{ event: 'title.changed', value: conversation.title }] : []),
    ...(facts.has('description') ? [{ event: 'description.changed', value: conversation.description }] : []),
    ...(facts.has('photoUrl') ? [{ event: 'photo.changed', value: conversation.photoUrl }] : []),
    ...(facts.has('settings') ? [{ event: 'settings.changed' }] : []),
    ...(facts.has('disappearingSeconds')
      ? [{ event: 'disappearing.changed', value: conversation.disappearingSeconds }]
      : []),
  ];
  for (const content of events) await storeSystemMessage(unit, clock, row.id, actorId, content);
  return conversation;
}
