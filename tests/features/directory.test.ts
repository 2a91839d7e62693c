import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyPhoneIdentity } from '../../src/engine/people/index.ts';
import type { DirectoryQuery } from '../../src/engine/presence/index.ts';
import type { Actor } from '../../src/engine/shared/actor.ts';
import { actorOf } from '../harness/engine-face.ts';
import { newUsername, rest, signIn, signInAdmin, startDirect, type TestPerson } from '../harness/people.ts';
import { peopleFace } from '../harness/people-face.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const asks = (person: TestPerson | null): Actor | null => person && actorOf(person);
const directory = (person: TestPerson | null, query: Partial<DirectoryQuery> = {}) =>
  peopleFace(app).presence.directory(asks(person), { offset: 0, limit: 50, ...query });
const names = ({ items }: Awaited<ReturnType<typeof directory>>) => items.map(({ person }) => person.name);
const update = (person: TestPerson, path: string, body: object) =>
  rest(app, 'PATCH', `/me${path}`, { token: person.token, body });
const block = (person: TestPerson, other: TestPerson) =>
  rest(app, 'PUT', `/blocks/${other.id}`, { token: person.token });
/** Somebody who came after all others. */
const newcomer = async (name: string): Promise<TestPerson> => {
  app.clock.advance(1_000);
  return signIn(app, { name });
};

describe('the directory', () => {
  test('shows the newest account first, the own among them, in pages that say whether there are more', async () => {
    const people = [await newcomer('Oldest'), await newcomer('Middle'), await newcomer('Newest')];
    const [oldest] = people as [TestPerson];
    const whole = await directory(oldest);
    expect(names(whole).slice(0, 3)).toEqual(['Newest', 'Middle', 'Oldest']);
    expect(whole).toMatchObject({ total: whole.items.length, more: false });
    const first = await directory(oldest, { limit: 2 });
    expect(names(first)).toEqual(['Newest', 'Middle']);
    expect(first).toMatchObject({ total: whole.total, more: true });
    expect(names(await directory(oldest, { limit: 1, offset: 2 }))).toEqual(['Oldest']);
    expect(await directory(oldest, { offset: whole.total })).toEqual({ items: [], total: whole.total, more: false });
    expect(await directory(oldest, { offset: 1e12 })).toMatchObject({ items: [], more: false });
  });

  test('leaves out who was deleted or suspended, until the suspension ends', async () => {
    const [viewer, gone, punished] = [await newcomer('Viewer'), await newcomer('Gone'), await newcomer('Punished')];
    const admin = await signInAdmin(app);
    const before = await directory(viewer);
    await rest(app, 'DELETE', '/me', { token: gone.token });
    const until = new Date(app.clock.now() + 60_000).toISOString();
    const suspended = await rest(app, 'PUT', `/admin/people/${punished.id}/suspension`, {
      token: admin.token,
      body: { reason: 'spam', until },
    });
    expect(suspended.status).toBe(200);
    const after = await directory(viewer);
    expect(names(after)).not.toContain('Gone');
    expect(names(after)).not.toContain('Punished');
    expect(after.total).toBe(before.total - 2);
    expect(names(await directory(viewer, { text: 'punished' }))).toEqual([]);
    app.clock.advance(61_000);
    expect(names(await directory(viewer))).toContain('Punished');
  });
});

describe('a search of the directory', () => {
  test('finds any part of a name or username, whatever its case, and takes no sign for a wildcard', async () => {
    const viewer = await newcomer('Searcher');
    const odd = await newcomer('Zo_e 100% Müller');
    const username = newUsername();
    await update(odd, '', { username });
    for (const text of ['o_e', '00%', 'ÜLL', username.slice(2), '%', '_e']) {
      expect(names(await directory(viewer, { text })), text).toContain('Zo_e 100% Müller');
    }
    for (const text of ['o%e', 'Z__e', '1_0', '\\', 'zz%', '%%']) {
      expect(names(await directory(viewer, { text })), text).not.toContain('Zo_e 100% Müller');
    }
    expect(await directory(viewer, { text: 'no such name' })).toEqual({ items: [], total: 0, more: false });
    expect((await directory(viewer, { text: '  ' })).total).toBe((await directory(viewer)).total);
  });

  test('counts and pages what it finds, the newest first', async () => {
    const viewer = await newcomer('Pager');
    for (const n of [1, 2, 3]) await newcomer(`Quark ${n}`);
    expect(names(await directory(viewer, { text: 'quark' }))).toEqual(['Quark 3', 'Quark 2', 'Quark 1']);
    const page = await directory(viewer, { text: 'quark', offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, more: true });
    expect(names(page)).toEqual(['Quark 2']);
    expect(await directory(viewer, { text: 'quark', offset: 3 })).toEqual({ items: [], total: 3, more: false });
  });

  test('finds a number that is whole, of who lets themselves be found by it', async () => {
    const [viewer, ann] = [await newcomer('Looker'), await newcomer('Number Ann')];
    const byPhone = (text: string, person: TestPerson | null = viewer) =>
      directory(person, { phone: keyPhoneIdentity('convospace', text) });
    expect(names(await byPhone(ann.phone))).toEqual(['Number Ann']);
    expect(names(await byPhone(viewer.phone))).toEqual(['Looker']);
    expect(names(await byPhone(ann.phone.slice(0, -1)))).toEqual([]);
    expect(names(await byPhone(ann.phone.slice(1)))).toEqual([]);
    expect(names(await byPhone(ann.phone, null))).toEqual([]);
    await update(ann, '/privacy', { phone: 'nobody' });
    expect(names(await byPhone(ann.phone))).toEqual([]);
    expect(names(await byPhone(ann.phone, ann))).toEqual(['Number Ann']);
    await update(ann, '/privacy', { phone: 'everyone' });
    await block(ann, viewer);
    expect(names(await byPhone(ann.phone))).toEqual([]);
  });

  test('is limited in the numbers that it looks up', async () => {
    const viewer = await newcomer('Collector');
    // A factor so small that one number a day is allowed.
    const { presence } = peopleFace(app, 0.000_1);
    const query = { phone: keyPhoneIdentity('convospace', '5550000'), offset: 0, limit: 50 };
    await presence.directory(asks(viewer), query);
    await expect(presence.directory(asks(viewer), query)).rejects.toMatchObject({ code: 'rate_limited' });
    await presence.directory(asks(viewer), { text: 'anybody', offset: 0, limit: 50 });
  });
});

describe('what the directory shows of a person', () => {
  const entryOf = async (viewer: TestPerson | null, person: TestPerson, face = peopleFace(app)) => {
    const { items } = await face.presence.directory(asks(viewer), { offset: 0, limit: 50 });
    return items.find(({ person: { id } }) => id === person.id);
  };

  test('is what their privacy lets the viewer see, and without a viewer what everybody sees', async () => {
    const [viewer, shy] = [await newcomer('Viewer'), await newcomer('Shy')];
    const photoUrl = 'https://photos.example.com/1';
    await update(shy, '', { about: 'Here', photoUrl });
    for (const who of [viewer, shy, null]) {
      expect((await entryOf(who, shy))?.person).toMatchObject({ about: 'Here', photoUrl });
    }
    await update(shy, '/privacy', { about: 'contacts', photo: 'contacts' });
    for (const who of [viewer, null]) {
      expect((await entryOf(who, shy))?.person).toMatchObject({ name: 'Shy', about: '', photoUrl: null });
    }
    expect((await entryOf(shy, shy))?.person).toMatchObject({ about: 'Here', photoUrl });
    await rest(app, 'POST', '/contacts', { token: shy.token, body: { personId: viewer.id } });
    expect((await entryOf(viewer, shy))?.person).toMatchObject({ about: 'Here', photoUrl });
    await update(shy, '/privacy', { about: 'everyone', photo: 'everyone' });
    await block(shy, viewer);
    for (const who of [viewer, null]) {
      expect((await entryOf(who, shy))?.person).toMatchObject({ name: 'Shy', about: '', photoUrl: null });
    }
  });

  test('is their presence also to strangers, but for privacy and blocks', async () => {
    const [viewer, ann] = [await newcomer('Viewer'), await newcomer('Present')];
    const face = peopleFace(app);
    await face.presence.connected(ann.id);
    await face.presence.idle();
    for (const who of [viewer, ann, null]) {
      expect((await entryOf(who, ann, face))?.presence).toMatchObject({ online: true, availability: 'online' });
    }
    await update(ann, '/privacy', { lastSeen: 'contacts' });
    for (const who of [viewer, null]) expect((await entryOf(who, ann, face))?.presence).toBeNull();
    expect((await entryOf(ann, ann, face))?.presence).toMatchObject({ online: true });
    await update(ann, '/privacy', { lastSeen: 'everyone' });
    await block(viewer, ann);
    expect((await entryOf(viewer, ann, face))?.presence).toBeNull();
    expect((await entryOf(ann, viewer, face))?.presence).toBeNull();
    expect((await entryOf(null, ann, face))?.presence).toMatchObject({ online: true });
    // Who has blocked somebody may be looked at by them, without their name.
    expect((await entryOf(null, viewer, face))?.presence).toBeNull();
  });

  test('is the presence of acquaintances only, where the door says so', async () => {
    const [viewer, stranger, peer] = [await newcomer('Viewer'), await newcomer('Stranger'), await newcomer('Peer')];
    await startDirect(app, viewer, peer);
    const { items } = await directory(viewer, { presenceOfAcquainted: true });
    const presenceOf = ({ id }: TestPerson) => items.find(({ person }) => person.id === id)?.presence;
    expect(presenceOf(stranger)).toBeNull();
    expect(presenceOf(peer)).toMatchObject({ online: false });
    expect(presenceOf(viewer)).toMatchObject({ personId: viewer.id });
    const nobody = await directory(null, { presenceOfAcquainted: true });
    expect(nobody.items.every(({ presence }) => presence === null)).toBe(true);
  });
});
