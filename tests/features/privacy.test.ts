import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const told = { about: 'At the lake', photoUrl: 'https://example.com/lake.jpg' };
const withheld = { about: '', photoUrl: null };
const usual = {
  lastSeen: 'everyone',
  photo: 'everyone',
  about: 'everyone',
  groups: 'everyone',
  phone: 'everyone',
  readReceipts: true,
};

const update = (person: TestPerson, body: object) => rest(app, 'PATCH', '/me', { token: person.token, body });
const privacy = (person: TestPerson, body: object) => rest(app, 'PATCH', '/me/privacy', { token: person.token, body });
const know = async (owner: TestPerson, person: TestPerson): Promise<string> =>
  (await rest(app, 'POST', '/contacts', { token: owner.token, body: { personId: person.id } })).body.contact.id;
const forget = (owner: TestPerson, contactId: string) =>
  rest(app, 'DELETE', `/contacts/${contactId}`, { token: owner.token });
const get = async (viewer: TestPerson, path: string) => (await rest(app, 'GET', path, { token: viewer.token })).body;
const presenceOf = (person: TestPerson, viewer: TestPerson) =>
  get(viewer, `/presence?people=${person.id}`).then(({ items }) => items);

/** What a viewer is shown of a person in each place that shows people. */
async function everywhere(viewer: TestPerson, person: TestPerson, name: string): Promise<unknown[]> {
  const pick = ({ about, photoUrl }: { about: string; photoUrl: string | null }) => ({ about, photoUrl });
  const contact = (await get(viewer, '/contacts')).items.find(
    (one: { person: { id: string } | null }) => one.person?.id === person.id,
  );
  const [conversation] = (await get(viewer, '/conversations')).items;
  const { changes } = (await rest(app, 'POST', '/sync', { token: viewer.token, body: {} })).body;
  const member = ({ members }: { members: { person: { id: string } }[] }) =>
    members.find((one) => one.person.id === person.id)?.person;
  return [
    await get(viewer, `/people/${person.id}`),
    (await get(viewer, `/people/batch?ids=${person.id},nobody`)).items[0],
    (await get(viewer, `/people?q=${name}`)).items[0],
    contact.person,
    member(conversation),
    member(changes[0].conversation),
  ].map(pick);
}

describe('the settings', () => {
  test('are open at first, change one by one, and are told to nobody else', async () => {
    const ann = await signIn(app);
    expect(await get(ann, '/me/privacy')).toEqual(usual);
    expect((await privacy(ann, { about: 'nobody', readReceipts: false })).body).toEqual({
      ...usual,
      about: 'nobody',
      readReceipts: false,
    });
    expect((await privacy(ann, { about: 'contacts' })).body.readReceipts).toBe(false);
    for (const body of [{ about: 'friends' }, { readReceipts: 'no' }, { unknown: true }]) {
      expect(await privacy(ann, body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    }
  });

  test.each([
    ['everyone', told, told],
    ['contacts', told, withheld],
    ['nobody', withheld, withheld],
  ])('%s: hold for photo and about in each place that shows people', async (level, toFriend, toOther) => {
    const name = `Yara${level}`;
    const [ann, friend, other] = [await signIn(app, { name }), await signIn(app), await signIn(app)];
    await update(ann, told);
    await know(ann, friend);
    for (const viewer of [friend, other]) {
      await startDirect(app, viewer, ann);
      // Whom the viewer knows makes no difference.
      await know(viewer, ann);
    }
    await privacy(ann, { photo: level, about: level });
    for (const seen of await everywhere(friend, ann, name)) expect(seen).toEqual(toFriend);
    for (const seen of await everywhere(other, ann, name)) expect(seen).toEqual(toOther);
    expect(await get(ann, '/me')).toMatchObject(told);
    expect(await get(ann, `/people/${ann.id}`)).toMatchObject(told);
    expect((await get(ann, '/conversations')).items[0].members).toContainEqual(
      expect.objectContaining({ person: expect.objectContaining({ id: ann.id, ...told }) }),
    );
  });

  test('take effect on clients that are connected, whatever changes', async () => {
    const [ann, bob, cy] = [await signIn(app), await signIn(app), await signIn(app)];
    await update(ann, told);
    await startDirect(app, ann, bob);
    await startDirect(app, ann, cy);
    const people = [ann, bob, cy];
    await expectInSync(app, people, () => privacy(ann, { about: 'contacts' }));
    const contact = await expectInSync(app, people, () => know(ann, bob));
    expect(await get(bob, `/people/${ann.id}`)).toMatchObject(told);
    await expectInSync(app, people, () => update(ann, { about: 'Home again' }));
    await expectInSync(app, people, () => privacy(ann, { photo: 'nobody', lastSeen: 'contacts' }));
    await expectInSync(app, [ann, bob], () => forget(ann, contact));
    expect(await get(bob, `/people/${ann.id}`)).toMatchObject(withheld);
    // A conversation that starts shows the same at once.
    const dan = await signIn(app);
    await know(ann, dan);
    await privacy(ann, { photo: 'contacts' });
    await expectInSync(app, [ann, dan], () => startDirect(app, ann, dan));
  });

  test('an event to all who watch carries what everybody may see, and says that there is more', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    await startDirect(app, ann, bob);
    const [own, watcher] = [await connect(app, ann.token), await connect(app, bob.token)];
    await watcher.command('presence.watch', { people: ann.id });
    await privacy(ann, { about: 'contacts' });
    expect((await watcher.next('person.updated')).person).not.toHaveProperty('limited');
    await own.next('person.updated');
    await update(ann, told);
    const version = (await own.next('person.updated')).person.version;
    expect((await watcher.next('person.updated')).person).toMatchObject({
      about: '',
      photoUrl: told.photoUrl,
      limited: true,
      version,
    });
    await update(ann, { name: 'Ann' });
    const { person } = await own.next('person.updated');
    expect(person).toMatchObject(told);
    expect(person).not.toHaveProperty('limited');
    for (const device of [own, watcher]) device.close();
  });
});

describe('a photo', () => {
  test.each([
    ['https://example.com/a b.jpg', 'https://example.com/a%20b.jpg'],
    ['HTTP://example.com/"><script>', 'http://example.com/%22%3E%3Cscript%3E'],
  ])('%s is kept in its normal form', async (photoUrl, kept) => {
    const ann = await signIn(app);
    expect((await update(ann, { photoUrl })).body.photoUrl).toBe(kept);
    expect((await update(ann, { photoUrl: null })).body.photoUrl).toBe(null);
  });

  test.each([
    'javascript:alert(1)',
    'ftp://example.com/a.jpg',
    '/a.jpg',
    'https://',
    '',
    `https://example.com/${'x'.repeat(481)}`,
    `https://example.com/${' '.repeat(200)}x`,
  ])('%s is refused', async (photoUrl) => {
    const ann = await signIn(app);
    expect(await update(ann, { photoUrl })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', details: { path: '/photoUrl' } } },
    });
  });
});

test('several people are asked for at once, in the order asked', async () => {
  const [ann, bob, cy] = [await signIn(app), await signIn(app), await signIn(app)];
  const ids = [cy.id, bob.id, '01900000-0000-7000-8000-000000000000', 'nobody', cy.id].join(',');
  const { items } = await get(ann, `/people/batch?ids=${ids}`);
  expect(items.map(({ id }: { id: string }) => id)).toEqual([cy.id, bob.id]);
  const many = Array.from({ length: 201 }, () => bob.id).join(',');
  expect((await get(ann, `/people/batch?ids=${many}`)).error.details.path).toBe('/ids');
});

describe('presence', () => {
  test('is shown to both where one knows the other, and to neither once they do not', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    expect(await presenceOf(bob, ann)).toEqual([]);
    const contact = await know(ann, bob);
    expect(await presenceOf(bob, ann)).toHaveLength(1);
    expect(await presenceOf(ann, bob)).toHaveLength(1);
    const pairs = [
      { device: await connect(app, ann.token), seen: bob.id },
      { device: await connect(app, bob.token), seen: ann.id },
    ];
    for (const { device, seen } of pairs) await device.command('presence.watch', { people: seen });
    await forget(ann, contact);
    for (const { device, seen } of pairs) {
      expect(await device.next('presence.unwatched')).toEqual({ personId: seen });
      device.close();
    }
    expect(await presenceOf(bob, ann)).toEqual([]);
    expect(await presenceOf(ann, bob)).toEqual([]);
  });

  test('goes where last seen may go, and ends at once for those who may not see it any more', async () => {
    const [ann, friend, other] = [await signIn(app), await signIn(app), await signIn(app)];
    for (const viewer of [friend, other]) await startDirect(app, viewer, ann);
    const contact = await know(ann, friend);
    const devices = [await connect(app, friend.token), await connect(app, other.token)] as const;
    const watch = () =>
      Promise.all(
        devices.map(async (device) => (await device.command('presence.watch', { people: ann.id })).items.length),
      );
    const unwatched = async () => {
      await Promise.all(devices.map((device) => device.settled()));
      return devices.map((device) => {
        const found = device.events.filter(({ type }) => type === 'presence.unwatched').length;
        device.events.length = 0;
        return found;
      });
    };
    expect(await watch()).toEqual([1, 1]);
    await privacy(ann, { lastSeen: 'contacts' });
    expect(await unwatched()).toEqual([1, 1]);
    expect(await watch()).toEqual([1, 0]);
    const own = await connect(app, ann.token);
    expect(await devices[0].next('presence.changed')).toMatchObject({ personId: ann.id, online: true });
    await forget(ann, contact);
    expect(await unwatched()).toEqual([1, 0]);
    expect(await watch()).toEqual([0, 0]);
    own.close();
    await expect.poll(async () => (await presenceOf(ann, ann))[0].online).toBe(false);
    expect(await unwatched()).toEqual([0, 0]);
    for (const device of devices) {
      expect(device.events).toEqual([]);
    }
    await know(ann, friend);
    expect(await watch()).toEqual([1, 0]);
    await privacy(ann, { lastSeen: 'nobody' });
    expect(await unwatched()).toEqual([1, 0]);
    await privacy(ann, { lastSeen: 'everyone' });
    expect(await watch()).toEqual([1, 1]);
    for (const device of devices) device.close();
  });

  test('of a contact removed, where it makes no difference to them, tells them nothing', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    await startDirect(app, ann, bob);
    const contact = await know(ann, bob);
    const watcher = await connect(app, bob.token);
    await watcher.command('presence.watch', { people: ann.id });
    await forget(ann, contact);
    await watcher.settled();
    expect(watcher.events).toEqual([]);
    watcher.close();
  });
});
