import type { PublicFace } from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { EngineEvent } from '../shared/events.ts';
import { newId } from '../shared/ids.ts';
import { insertAdded } from './store.ts';
import { bodyOf, type NotificationView } from './views.ts';

/** A message whose statement has stored notifications of it. */
export interface NotifiedMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly kind: string;
  readonly text: string;
  readonly createdAt: Date;
}

const created = (personIds: readonly string[], notification: NotificationView): EngineEvent => ({
  type: 'notification.created',
  audience: { kind: 'people', ids: personIds },
  data: { notification },
});

/** The event for those who are notified of a new message. */
export const notifiedOfMessage = (
  personIds: readonly string[],
  kind: 'message' | 'mention',
  message: NotifiedMessage,
  sender: PublicFace,
): EngineEvent =>
  created(personIds, {
    id: message.id,
    kind,
    conversationId: message.conversationId,
    messageId: message.id,
    messageKind: message.kind,
    actor: sender,
    title: sender.name,
    body: bodyOf(message.text, message.kind),
    createdAt: message.createdAt,
    readAt: null,
  });

/**
 * Notifies people that they were added to a group, in the transaction that adds them.
 *
 * @param group its `seq` is that of the first message that comes after it: who has read on to it has seen the group
 */
export async function notifyAdded(
  unit: UnitOfWork,
  clock: Clock,
  group: { readonly id: string; readonly title: string; readonly seq: number },
  actorId: string,
  personIds: readonly string[],
): Promise<void> {
  const [id, createdAt] = [newId(clock), new Date(clock.now())];
  const { id: conversationId, title: body, seq } = group;
  const told = await insertAdded(unit, { conversationId, id, seq, actorId, at: createdAt, personIds });
  const [first] = told;
  if (!first) return;
  const { name, username, photo_url: photoUrl } = first;
  const event = created(
    told.map((row) => row.person_id),
    {
      id,
      kind: 'group_added',
      conversationId,
      messageId: null,
      messageKind: null,
      actor: { id: actorId, name, username, photoUrl },
      title: name,
      body,
      createdAt,
      readAt: null,
    },
  );
  unit.announce(event);
}
