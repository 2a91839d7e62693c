import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '../../src/engine/shared/clock.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const acquainted = async () => {
  [ann, bob] = [await signIn(app), await signIn(app)];
  id = await startDirect(app, ann, bob);
};
const stateOf = async (person: TestPerson, asker: TestPerson) =>
  (await rest(app, 'GET', `/presence?people=${person.id}`, { token: asker.token })).body.items[0];

describe('presence', () => {
  test('tells of the first device that comes and of the last that goes', async () => {
    await acquainted();
    const watcher = await connect(app, bob.token);
    const watched = await watcher.command('presence.watch', { people: ann.id });
    expect(watched.items).toEqual([{ personId: ann.id, online: false, lastSeenAt: null }]);

    const first = await connect(app, ann.token);
    expect(await watcher.next('presence.changed')).toMatchObject({ personId: ann.id, online: true });
    const second = await connect(app, ann.token, { transports: ['polling'] });
    await second.settled();
    first.close();
    await watcher.settled();
    expect(watcher.events).toEqual([]);
    expect(await stateOf(ann, bob)).toMatchObject({ online: true });

    app.clock.advance(10 * minute);
    const leaving = app.clock.now();
    second.close();
    const left = await watcher.next('presence.changed');
    expect(left).toMatchObject({ personId: ann.id, online: false });
    expect(Date.parse(left.lastSeenAt)).toBeGreaterThanOrEqual(leaving);
    await expect
      .poll(() => stateOf(ann, bob))
      .toEqual({ personId: ann.id, online: false, lastSeenAt: left.lastSeenAt });
    watcher.close();
  });

  test('is shown to those who share a conversation, and to nobody else', async () => {
    await acquainted();
    const [eve, device] = [await signIn(app), await connect(app, ann.token)];
    const stranger = await connect(app, eve.token);
    const asked = await stranger.command('presence.watch', { people: `${ann.id},nonsense,${ann.id.toUpperCase()}` });
    expect(asked.items).toEqual([]);
    device.close();
    await expect.poll(() => stateOf(ann, bob)).toMatchObject({ online: false });
    await stranger.settled();
    expect(stranger.events).toEqual([]);
    stranger.close();
  });

  test('is watched of those named last', async () => {
    await acquainted();
    const cy = await signIn(app);
    await startDirect(app, bob, cy);
    const watcher = await connect(app, bob.token);
    await watcher.command('presence.watch', { people: `${ann.id},${cy.id}` });
    await watcher.command('presence.watch', { people: cy.id });
    const devices = [await connect(app, ann.token), await connect(app, cy.token)];
    expect(await watcher.next('presence.changed')).toMatchObject({ personId: cy.id, online: true });
    await watcher.settled();
    expect(watcher.events).toEqual([]);
    for (const device of [...devices, watcher]) device.close();
  });

  test('ends with a session that is revoked', async () => {
    await acquainted();
    const [watcher, device] = [await connect(app, bob.token), await connect(app, ann.token)];
    await watcher.command('presence.watch', { people: ann.id });
    await rest(app, 'DELETE', '/sessions', { token: ann.token });
    expect(await watcher.next('presence.changed')).toMatchObject({ online: false });
    await device.closed;
    watcher.close();
  });

  test('asks about 500 people at most', async () => {
    await acquainted();
    const device = await connect(app, bob.token);
    const people = (count: number) => Array.from({ length: count }, () => ann.id).join(',');
    expect((await device.command('presence.watch', { people: people(500) })).items).toHaveLength(1);
    const tooMany = device.command('presence.watch', { people: people(501) });
    await expect(tooMany).rejects.toMatchObject({ code: 'invalid_request' });
    device.close();
  });
});

test('typing reaches the other person and the own other devices, and not the one that types', async () => {
  await acquainted();
  const [typing, own, other] = [
    await connect(app, ann.token),
    await connect(app, ann.token),
    await connect(app, bob.token),
  ];
  for (const state of [true, false]) {
    await typing.command('typing.set', { conversationId: id, typing: state });
    for (const device of [own, other]) {
      const event = await device.next('typing.changed');
      expect(event).toEqual({ conversationId: id, personId: ann.id, typing: state });
    }
  }
  await typing.settled();
  expect(typing.events).toEqual([]);
  await rest(app, 'PUT', `/conversations/${id}/typing`, { token: ann.token, body: { typing: true } });
  for (const device of [typing, own, other]) {
    expect(await device.next('typing.changed')).toMatchObject({ typing: true });
    device.close();
  }
});
