import type { ShownConversation } from '../../../engine/inbox/index.ts';
import type { Named } from '../numbers/index.ts';
import { textOf, typeOf } from './message.ts';
import type { Showing } from './showing.ts';
import { isoTime, timeOrNull } from './time.ts';
import { type Card, goneCard, presentUserCard } from './user.ts';

/** The two people of a direct conversation; the first one made it. */
export interface Pair {
  readonly one: string;
  readonly two: string;
}

/** Who is in a direct conversation. Whose account is gone is in it still. */
export function pairOf({ members, createdBy }: Pick<ShownConversation, 'members' | 'createdBy'>): Pair {
  const ids = members.map(({ person }) => person.id);
  const one = ids.find((id) => id === createdBy) ?? ids[0];
  const two = ids.find((id) => id !== one);
  if (one === undefined || two === undefined) throw new Error('A direct conversation has two members.');
  return { one, two };
}

/** The other one of a pair; null where the person is none of the two. */
export function otherIn({ one, two }: Pair, personId: string): string | null {
  if (personId === one) return two;
  return personId === two ? one : null;
}

/** What has to have a number before conversations are presented. */
export function namedByConversations(views: readonly ShownConversation[]): Named {
  return {
    conversation: views.map(({ id }) => id),
    user: [...new Set(views.flatMap(({ members }) => members.map(({ person }) => person.id)))],
    message: views.flatMap(({ lastMessage, readMessageId }) =>
      [lastMessage?.id, readMessageId].filter((id) => id !== null && id !== undefined),
    ),
  };
}

/** What conversations are presented with, beside {@link Showing}. */
export interface ConversationContext {
  readonly viewerId: string;
  /** In milliseconds. */
  readonly now: number;
  /** Of everybody in them. */
  readonly cards: ReadonlyMap<string, Card>;
}

/** A direct conversation as the viewer sees it. */
export function presentConversation(view: ShownConversation, context: ConversationContext, show: Showing) {
  const { n } = show;
  const { viewerId, cards } = context;
  const { one, two } = pairOf(view);
  const id = n.conversation(view.id);
  const createdAt = isoTime(view.createdAt);
  const last = view.lastMessage;
  const card = (personId: string) => presentUserCard(cards.get(personId) ?? goneCard(personId), show);
  return {
    id,
    user_one_id: n.user(one),
    user_two_id: n.user(two),
    last_message_id: last && n.message(last.id),
    last_message_at: timeOrNull(last?.createdAt),
    created_at: createdAt,
    updated_at: timeOrNull(last?.createdAt) ?? createdAt,
    userOne: card(one),
    userTwo: card(two),
    lastMessage: last && {
      id: n.message(last.id),
      sender_id: n.user(last.senderId),
      message_text: textOf(last),
      message_type: typeOf(last),
      created_at: isoTime(last.createdAt),
    },
    participants: [
      {
        id: 2 * id - (viewerId === one ? 1 : 0),
        conversation_id: id,
        user_id: n.user(viewerId),
        unread_count: view.unread,
        last_read_message_id: view.readMessageId && n.message(view.readMessageId),
        last_read_at: timeOrNull(view.readAt),
        is_muted: view.me.mutedUntil !== null && view.me.mutedUntil.getTime() > context.now,
        is_archived: view.me.archived,
        is_pinned: view.me.pinnedAt !== null,
        joined_at: isoTime(view.me.joinedAt),
      },
    ],
  };
}

export type PresentedConversation = ReturnType<typeof presentConversation>;
