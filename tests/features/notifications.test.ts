import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute } from '../../src/engine/shared/clock.ts';
import { addMembers, createGroup, leave, removeMember } from '../harness/groups.ts';
import { codeOf, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ann = await signIn(app, { name: 'Ann', tokens: 'opaque' });
  bob = await signIn(app, { name: 'Bob', tokens: 'opaque' });
  await turnOn(bob);
  id = await startDirect(app, ann, bob);
});

const call = async (person: TestPerson, method: string, path: string, body?: object) => {
  const answer = await rest(app, method, path, { token: person.token, ...(body && { body }) });
  return answer.status < 300 ? answer.body : codeOf(answer);
};
const turnOn = (person: TestPerson) => call(person, 'PATCH', '/notifications/preferences', { enabled: true });
const listOf = (person: TestPerson, query = '') => call(person, 'GET', `/notifications${query}`);
const said = async (person: TestPerson, query = ''): Promise<[kind: string, body: string, read: boolean][]> =>
  (await listOf(person, query)).items.map(({ kind, body, readAt }: WireMessage) => [kind, body, readAt !== null]);
const unreadOf = async (person: TestPerson): Promise<number> =>
  (await call(person, 'GET', '/notifications/unread')).unread;
const read = (person: TestPerson, seq: number, conversationId = id) =>
  call(person, 'PUT', `/conversations/${conversationId}/receipt`, { read: seq });
const mine = (person: TestPerson, body: object, conversationId = id) =>
  call(person, 'PATCH', `/conversations/${conversationId}/me`, body);

describe('a message in a direct conversation', () => {
  test('notifies the other once, on all devices, with the name and the beginning', async () => {
    const devices = [await connect(app, bob.token), await connect(app, bob.token)];
    const own = await connect(app, ann.token);
    const long = '😀'.repeat(150);
    const message = await say(app, ann, id, long);
    const shown = {
      ...{ id: message.id, kind: 'message', conversationId: id, messageId: message.id, messageKind: 'text' },
      actor: { id: ann.id, name: 'Ann', username: null, photoUrl: null },
      ...{ title: 'Ann', body: '😀'.repeat(100), createdAt: message.createdAt, readAt: null },
    };
    for (const device of devices) {
      await device.settled();
      const told = device.events.filter(({ type }) => type.startsWith('notif') || type === 'message.created');
      expect(told.map(({ type }) => type)).toEqual(['message.created', 'notification.created']);
      expect(told[1]?.data).toEqual({ notification: shown });
    }
    await own.settled();
    expect(own.events.filter(({ type }) => type.startsWith('notif'))).toEqual([]);
    expect(await listOf(bob)).toEqual({ items: [shown], next: null, unread: 1 });
    for (const device of [...devices, own]) device.close();
  });

  test('notifies nobody who has not turned it on', async () => {
    await say(app, bob, id, 'Hi');
    expect(await listOf(ann)).toEqual({ items: [], next: null, unread: 0 });
    await turnOn(ann);
    expect(await unreadOf(ann)).toBe(0);
    await say(app, bob, id, 'Now');
    expect(await said(ann)).toEqual([['message', 'Now', false]]);
  });

  test('that is sent twice under one clientId notifies once', async () => {
    for (let i = 0; i < 2; i += 1) {
      await rest(app, 'POST', `/conversations/${id}/messages`, {
        token: ann.token,
        body: { text: 'Hi', clientId: '1' },
      });
    }
    expect(await unreadOf(bob)).toBe(1);
  });

  test('of another kind is told by its caption or its kind', async () => {
    await say(app, ann, id, { kind: 'location', content: { latitude: 1, longitude: 2 } });
    expect((await listOf(bob)).items[0]).toMatchObject({ body: 'location', messageKind: 'location' });
  });
});
