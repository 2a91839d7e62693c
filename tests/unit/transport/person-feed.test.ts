import { expect, test } from 'vitest';
import { createMemoryBus } from '../../../src/adapters/bus/memory.ts';
import type { MessageView } from '../../../src/engine/messages/index.ts';
import type { EngineEvent } from '../../../src/engine/shared/events.ts';
import { FanOut, type Subscriber } from '../../../src/transport/fan-out.ts';
import { PersonFeed } from '../../../src/transport/person-feed.ts';

const id = 'a group';
const subscriber: Subscriber = { id: 'me', door: { name: 'native', encode: () => null }, deliver: () => {} };

function event(type: 'message.created' | 'message.updated', seq: number, deletedAt?: Date): EngineEvent {
  const message: MessageView = {
    ...{ id: 'm', conversationId: id, seq, rev: 9, senderId: 'p', clientId: null, kind: 'text', text: 'Secret' },
    createdAt: new Date(0),
    ...(deletedAt && { deletedAt }),
  };
  const audience = { kind: 'conversation', id } as const;
  if (type === 'message.updated') return { type, audience, data: { message, change: 'edited', by: 'p' } };
  return { type, audience, data: { message, sender: { id: 'p', name: 'P', username: null, photoUrl: null } } };
}

/** The bus keeps no order between two nodes: a newcomer may be told of what was said just before they came. */
test.each([
  ['what was said before, told late', event('message.created', 5), id],
  ['a change of what was said before', event('message.updated', 5), id],
  ['what is left of it', event('message.updated', 5, new Date(0)), null],
  ['what is said from then on', event('message.created', 6), null],
])('a newcomer who does not see what was before: %s', async (_what, told, hidden) => {
  const bus = createMemoryBus();
  const feed = new PersonFeed(new FanOut(bus), subscriber, 'p', () => {});
  await feed.open();
  await feed.followGroups([{ id, historyFrom: 5 }]);
  expect(feed.isBeforeHistory(told)).toBe(hidden);
  feed.close();
  await bus.close();
});
