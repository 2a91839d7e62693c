import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '../../src/engine/shared/clock.ts';
import { pathOf, type WireMessage } from '../harness/messages.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** Of the two people, both with a feed; `to` is one of two conversations of theirs, each with somebody of its own. */
const who = fc.nat({ max: 1 });
const where = fc.nat({ max: 1 });
const at = fc.nat({ max: 8 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), who, where, vanishes: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), who, where, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deliver' as const), who, where, at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hide' as const), who, where, at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), who, where, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who, where }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mute' as const), who, where, muted: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('block' as const), who, where, blocked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('archive' as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A direct conversation: the first of its people is the same in both. */
interface Direct {
  readonly id: string;
  readonly people: readonly [TestPerson, TestPerson];
  readonly sent: WireMessage[];
  /** Messages that came while their receiver had muted it. */
  readonly unheard: Set<string>;
}

async function perform(action: Step, directs: readonly Direct[]): Promise<void> {
  if (action.do === 'wait') return app.clock.advance(2 * minute);
  const direct = directs[action.where] as Direct;
  const [person, other] = [direct.people[action.who], direct.people[1 - action.who]] as [TestPerson, TestPerson];
  const call = (method: string, path: string, body?: object, as = person) =>
    rest(app, method, path, { token: as.token, ...(body && { body }) });
  const here = (method: string, path: string, body?: object) =>
    call(method, `/conversations/${direct.id}${path}`, body);
  const message = 'at' in action ? direct.sent[action.at % Math.max(1, direct.sent.length)] : undefined;
  switch (action.do) {
    case 'send': {
      await here('PUT', '/disappearing', { seconds: action.vanishes ? 60 : null });
      const { mutedUntil } = (await call('GET', `/conversations/${direct.id}`, undefined, other)).body.me;
      const { body } = await here('POST', '/messages', { text: 'Hi' });
      if (!body.message) return; // one of the two has blocked the other
      direct.sent.push(body.message);
      if (mutedUntil !== null && Date.parse(mutedUntil) > app.clock.now()) direct.unheard.add(body.message.id);
      return;
    }
    case 'mute':
      await here('PATCH', '/me', {
        mutedUntil: action.muted ? new Date(app.clock.now() + minute).toISOString() : null,
      });
      return;
    case 'block':
      await call(action.blocked ? 'PUT' : 'DELETE', `/blocks/${other.id}`);
      return;
    case 'read':
      await here('PUT', '/receipt', { read: action.at });
      return;
    case 'deliver':
      await here('PUT', '/receipt', { delivered: action.at });
      return;
    case 'clear':
      await here('PUT', '/cleared');
      return;
    case 'leave':
      await here('DELETE', '');
      return;
    case 'archive':
      await here('PATCH', '/me', { archived: true });
      return;
    case 'hide':
      if (message) await here('POST', '/messages/hidden', { messageIds: [message.id] });
      return;
    case 'delete':
      if (message) await call('DELETE', pathOf(message));
  }
}

/** Of the messages of the other that a person has not read and may see, those that were heard; by the list of messages. */
async function expected(person: TestPerson, directs: readonly Direct[]): Promise<string[]> {
  const ids: string[] = [];
  const blocks = (await rest(app, 'GET', '/blocks', { token: person.token })).body.items;
  for (const { id, people, unheard } of directs) {
    const other = people.find((one) => one.id !== person.id);
    if (!people.some((one) => one.id === person.id)) continue;
    if (blocks.some((block: { person: { id: string } }) => block.person.id === other?.id)) continue;
    const { me } = (await rest(app, 'GET', `/conversations/${id}`, { token: person.token })).body;
    const { items } = (await rest(app, 'GET', `/conversations/${id}/messages?limit=100`, { token: person.token })).body;
    for (const { id: messageId, seq, senderId, kind, deletedAt, hidden } of items as WireMessage[]) {
      if (senderId === person.id || kind === 'system' || deletedAt || hidden || unheard.has(messageId)) continue;
      if (seq > me.read) ids.push(messageId);
    }
  }
  return ids.sort();
}

test('whatever is sent, read, deleted and muted: unread notifications are the unread messages that were not muted', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
    const people = await Promise.all([0, 1, 2].map(() => signIn(app, { tokens: 'opaque' })));
    const [ann, bob, eve] = people as [TestPerson, TestPerson, TestPerson];
    // One turns notifications on when the conversation is there, the others before.
    const turnOn = ({ token }: TestPerson) =>
      rest(app, 'PATCH', '/notifications/preferences', { token, body: { enabled: true } });
    await turnOn(bob);
    const direct = async (other: TestPerson): Promise<Direct> => ({
      id: await startDirect(app, ann, other),
      ...{ people: [ann, other], sent: [], unheard: new Set() },
    });
    const directs = [await direct(bob), await direct(eve)];
    await Promise.all([turnOn(ann), turnOn(eve)]);
    const devices = await Promise.all(people.map(({ token }) => connect(app, token)));
    for (const action of steps) await perform(action, directs);
    for (const [i, person] of people.entries()) {
      const get = async (path: string) => (await rest(app, 'GET', path, { token: person.token })).body;
      const ids = await expected(person, directs);
      const { items, unread } = await get('/notifications?unread=true&limit=100');
      expect(items.map(({ id }: WireMessage) => id).sort()).toEqual(ids);
      expect(unread).toBe(ids.length);
      expect((await get('/notifications/unread')).unread).toBe(ids.length);
      const groups = (await get('/notifications/groups')).items;
      expect(groups.reduce((sum: number, { count }: WireMessage) => sum + count, 0)).toBe(ids.length);
      // Each device was told of each once, and of no other.
      const device = devices[i] as (typeof devices)[number];
      await device.settled();
      const told = device.events.flatMap(({ type, data }) =>
        type === 'notification.created' ? [data.notification.id] : [],
      );
      const heard = directs.flatMap(({ sent, unheard, people: both }) =>
        both.includes(person) ? sent.filter((one) => one.senderId !== person.id && !unheard.has(one.id)) : [],
      );
      expect(told.sort()).toEqual(heard.map(({ id }) => id).sort());
      device.close();
    }
  });
  await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 25_000 });
}, 90_000);
