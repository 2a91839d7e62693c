import type { OwnViewEvent } from '../conversations/index.ts';
import type { MessageView } from '../messages/index.ts';
import type { Reader, UnitOfWork } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { EngineEvent } from '../shared/events.ts';
import { conversationsOf } from './store.ts';
import { conversationView, type OwnMemberView } from './views.ts';

/** A message that I have hidden or starred, or not any more. */
export interface MarkView {
  readonly messageId: string;
  readonly seq: number;
  readonly hidden: boolean;
  readonly starred: boolean;
}

/** What only I see of a conversation, after a change of it. */
export interface OwnChangeView {
  readonly conversationId: string;
  /** The conversation's change counter when this was read: `unread` and `lastMessage` are as of it. */
  readonly rev: number;
  readonly me: OwnMemberView;
  readonly unread: number;
  readonly lastMessage: MessageView | null;
  /** What the change did to messages. */
  readonly marks: readonly MarkView[];
}

/** How a person sees conversations now, those in which they are. Inside a transaction, as that leaves them. */
export async function readOwn(
  reader: Reader,
  now: Date,
  personId: string,
  conversationIds: readonly string[],
  marks: readonly MarkView[] = [],
): Promise<OwnChangeView[]> {
  const rows = await conversationsOf(reader, personId, now, conversationIds);
  return rows
    .map((row) => conversationView(row, now))
    .map(({ id, rev, me, unread, lastMessage }) => ({ conversationId: id, rev, me, unread, lastMessage, marks }));
}

const inboxUpdated = (personId: string, data: OwnChangeView, origin?: string): EngineEvent => ({
  type: 'inbox.updated',
  audience: { kind: 'people', ids: [personId] },
  data,
  origin,
});

/** `inbox.updated` without a change of marks, for who changes a member's own things from outside of the inbox. */
export const ownViewEvent =
  (clock: Clock): OwnViewEvent =>
  async (reader, { personId, conversationId, origin }) => {
    const [view] = await readOwn(reader, new Date(clock.now()), personId, [conversationId]);
    return view ? inboxUpdated(personId, view, origin) : null;
  };

/**
 * Tells a person's own devices how they see a conversation after a change of what only they see. Each change takes one
 * `members.version` and announces this once, so that a client can tell that it has missed none. Where the person is not in
 * it any more, it tells nothing.
 *
 * @param marks the messages that the change has hidden or starred, or not any more
 * @param origin the connection that has made the change, which gets the same as its answer
 */
export async function announceInbox(
  unit: UnitOfWork,
  now: Date,
  personId: string,
  conversationId: string,
  marks: readonly MarkView[] = [],
  origin?: string,
): Promise<OwnChangeView | undefined> {
  const [view] = await readOwn(unit, now, personId, [conversationId], marks);
  if (view) unit.announce(inboxUpdated(personId, view, origin));
  return view;
}

/** {@link announceInbox} of several conversations at once. */
export async function announceInboxes(
  unit: UnitOfWork,
  now: Date,
  personId: string,
  conversationIds: readonly string[],
): Promise<void> {
  if (conversationIds.length === 0) return;
  for (const view of await readOwn(unit, now, personId, conversationIds)) unit.announce(inboxUpdated(personId, view));
}
