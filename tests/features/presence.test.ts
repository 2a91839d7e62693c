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
    const never = { personId: ann.id, online: false, lastSeenAt: null, availability: 'offline', customStatus: null };
    expect(watched.items).toEqual([never]);

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
      .toMatchObject({ personId: ann.id, online: false, lastSeenAt: left.lastSeenAt });
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

describe('a status', () => {
  const setStatus = (person: TestPerson, body: object) =>
    rest(app, 'PATCH', '/me/status', { token: person.token, body });

  test('reaches who watches and the own devices, and ends by itself', async () => {
    await acquainted();
    const [own, watcher] = [await connect(app, ann.token), await connect(app, bob.token)];
    await watcher.command('presence.watch', { people: ann.id });
    expect((await setStatus(ann, { availability: 'busy' })).body).toEqual({ availability: 'busy', customStatus: null });
    for (const device of [own, watcher]) {
      const told = await device.next('presence.changed', ({ change }) => change === 'availability');
      expect(told).toMatchObject({ personId: ann.id, online: true, availability: 'busy' });
    }
    const expiresAt = new Date(app.clock.now() + minute).toISOString();
    await setStatus(ann, { customStatus: { text: ' At lunch ', emoji: '🥗', expiresAt } });
    const customStatus = { text: 'At lunch', emoji: '🥗', expiresAt };
    for (const device of [own, watcher]) {
      const told = await device.next('presence.changed', ({ change }) => change === 'custom_status');
      expect(told).toMatchObject({ availability: 'busy', customStatus });
    }
    expect(await stateOf(ann, bob)).toMatchObject({ availability: 'busy', customStatus });
    const me = () => rest(app, 'GET', '/me', { token: ann.token });
    expect((await me()).body).toMatchObject({ availability: 'busy', customStatus });
    app.clock.advance(minute);
    expect(await stateOf(ann, bob)).toMatchObject({ customStatus: null });
    expect((await me()).body).toMatchObject({ customStatus: null });
    for (const device of [own, watcher]) device.close();
  });

  test('of who wants to appear offline tells nothing of their connections, nor that they want to', async () => {
    await acquainted();
    const watcher = await connect(app, bob.token);
    await watcher.command('presence.watch', { people: ann.id });
    const first = await connect(app, ann.token);
    expect(await watcher.next('presence.changed')).toMatchObject({ online: true });
    const hidden = app.clock.now();
    await setStatus(ann, { availability: 'offline' });
    const gone = await watcher.next('presence.changed');
    expect(gone).toMatchObject({ online: false, availability: 'offline' });
    expect(Date.parse(gone.lastSeenAt)).toBeGreaterThanOrEqual(hidden);
    app.clock.advance(10 * minute);
    first.close();
    const second = await connect(app, ann.token);
    await second.settled();
    await watcher.settled();
    expect(watcher.events).toEqual([]);
    const { change: _, ...state } = gone;
    expect(await stateOf(ann, bob)).toEqual(state);
    await setStatus(ann, { availability: 'online' });
    expect(await watcher.next('presence.changed')).toMatchObject({ online: true, availability: 'online' });
    expect(await stateOf(ann, bob)).toMatchObject({ online: true });
    for (const device of [second, watcher]) device.close();
  });

  test('is hidden from those from whom presence is', async () => {
    await acquainted();
    await setStatus(ann, { availability: 'busy', customStatus: { text: 'Secret' } });
    const watcher = await connect(app, bob.token);
    await watcher.command('presence.watch', { people: ann.id });
    await rest(app, 'PATCH', '/me/privacy', { token: ann.token, body: { lastSeen: 'nobody' } });
    await watcher.next('presence.unwatched');
    await setStatus(ann, { customStatus: { text: 'Another secret' } });
    await watcher.settled();
    expect(watcher.events.filter(({ type }) => type === 'presence.changed')).toEqual([]);
    expect(await stateOf(ann, bob)).toBeUndefined();
    watcher.close();
  });

  test.each([
    ['nothing to say', { customStatus: { text: ' ', emoji: '' } }],
    ['an end that is over', { customStatus: { text: 'Late', expiresAt: '2020-01-01T00:00:00Z' } }],
    ['an end that is no time', { customStatus: { text: 'Late', expiresAt: 'tomorrow' } }],
    ['no such availability', { availability: 'asleep' }],
  ])('with %s is refused', async (_what, body) => {
    await acquainted();
    expect((await setStatus(ann, body)).body.error.code).toBe('invalid_request');
  });
});
