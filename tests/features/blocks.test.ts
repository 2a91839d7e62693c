import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const block = (person: TestPerson, id: string) => rest(app, 'PUT', `/blocks/${id}`, { token: person.token });
const unblock = (person: TestPerson, id: string) => rest(app, 'DELETE', `/blocks/${id}`, { token: person.token });
const blocked = async (person: TestPerson, query = '') =>
  (await rest(app, 'GET', `/blocks${query}`, { token: person.token })).body;
const start = (from: TestPerson, personId: string) =>
  rest(app, 'POST', '/conversations/direct', { token: from.token, body: { personId } });
const seenBy = async (viewer: TestPerson, person: TestPerson) =>
  (await rest(app, 'GET', `/people/${person.id}`, { token: viewer.token })).body;
const update = (person: TestPerson, body: object) => rest(app, 'PATCH', '/me', { token: person.token, body });
const presenceOf = async (person: TestPerson, viewer: TestPerson) =>
  (await rest(app, 'GET', `/presence?people=${person.id}`, { token: viewer.token })).body.items;

describe('a block', () => {
  test('is made once and taken back once, and only the own devices are told', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app, { name: 'Bob' })];
    const [own, others] = [await connect(app, ann.token), await connect(app, bob.token)];
    for (let i = 0; i < 2; i += 1) {
      expect(await block(ann, bob.id)).toMatchObject({ status: 200, body: { person: { id: bob.id }, version: 1 } });
    }
    const changed = await own.next('block.changed');
    expect(changed).toMatchObject({ person: { id: bob.id, name: 'Bob' }, blocked: true, version: 1 });
    const { items, version } = await blocked(ann);
    expect(items).toEqual([{ person: changed.person, blockedAt: expect.any(String) }]);
    expect(version).toBe(1);
    expect((await blocked(bob)).items).toEqual([]);
    for (let i = 0; i < 2; i += 1) expect((await unblock(ann, bob.id)).body.version).toBe(2);
    expect(await own.next('block.changed')).toMatchObject({ blocked: false, version: 2 });
    expect((await blocked(ann)).items).toEqual([]);
    for (const device of [own, others]) {
      await device.settled();
      expect(device.events).toEqual([]);
      device.close();
    }
  });

  test.each([
    ['oneself', (ann: TestPerson) => ann.id, 'block_with_self', 400],
    ['nobody', () => '01900000-0000-7000-8000-000000000000', 'person_not_found', 404],
    ['what is no id', () => 'nobody', 'person_not_found', 404],
  ])('cannot be of %s', async (_whom, id, code, status) => {
    const ann = await signIn(app);
    for (const answer of [await block(ann, id(ann)), await unblock(ann, id(ann))]) {
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    }
  });

  test('removes nothing: contacts and conversations stay', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    await rest(app, 'POST', '/contacts', { token: ann.token, body: { personId: bob.id } });
    await block(ann, bob.id);
    expect((await rest(app, 'GET', '/contacts', { token: ann.token })).body.items).toHaveLength(1);
    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      expect(await start(from, to.id)).toMatchObject({ status: 200, body: { created: false, conversation: { id } } });
    }
  });

  test('keeps messages out of their conversation for as long as one of the two blocks the other', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    const send = async (from: TestPerson) =>
      (await rest(app, 'POST', `/conversations/${id}/messages`, { token: from.token, body: { text: 'Hi' } })).status;
    await block(ann, bob.id);
    await block(bob, ann.id);
    await unblock(ann, bob.id);
    expect([await send(ann), await send(bob)]).toEqual([403, 403]);
    await unblock(bob, ann.id);
    expect([await send(ann), await send(bob)]).toEqual([201, 201]);
  });

  test('keeps the two from starting to talk, and does not tell whose it is', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    await block(ann, bob.id);
    const [mine, yours] = [await start(ann, bob.id), await start(bob, ann.id)];
    expect(mine).toMatchObject({ status: 403, body: { error: { code: 'recipient_unavailable' } } });
    expect({ ...yours.body.error, requestId: '' }).toEqual({ ...mine.body.error, requestId: '' });
    await block(bob, ann.id);
    await unblock(ann, bob.id);
    expect((await start(ann, bob.id)).status).toBe(403);
    await unblock(bob, ann.id);
    expect((await start(ann, bob.id)).status).toBe(201);
  });

  test('hides the two from each other in the search, and what the one says of themselves from the other', async () => {
    const name = `Xaver${Date.now()}`;
    const [ann, bob] = [await signIn(app, { name }), await signIn(app, { name })];
    const told = { about: 'About me', photoUrl: 'https://example.com/me.jpg' };
    for (const person of [ann, bob]) await update(person, told);
    const found = async (person: TestPerson) =>
      (await rest(app, 'GET', `/people?q=${name}`, { token: person.token })).body.items;
    expect(await found(ann)).toMatchObject([{ id: bob.id, ...told }]);
    await startDirect(app, ann, bob);
    await expectInSync(app, [ann, bob], () => block(ann, bob.id));
    expect([await found(ann), await found(bob)]).toEqual([[], []]);
    expect(await seenBy(bob, ann)).toMatchObject({ about: '', photoUrl: null });
    expect(await seenBy(ann, bob)).toMatchObject(told);
    expect(await seenBy(await signIn(app), ann)).toMatchObject(told);
    // Bob is not told, and sees it when he next asks: he watches Ann no more.
    await unblock(ann, bob.id);
    expect(await seenBy(bob, ann)).toMatchObject(told);
    expect(await found(bob)).toHaveLength(1);
  });

  test('ends presence both ways at once, for those two only', async () => {
    const [ann, bob, cy] = [await signIn(app), await signIn(app), await signIn(app)];
    for (const [a, b] of [
      [ann, bob],
      [ann, cy],
      [bob, cy],
    ] as const) {
      await startDirect(app, a, b);
    }
    const people = [ann, bob, cy];
    const devices = await Promise.all(people.map(({ token }) => connect(app, token)));
    const [ofAnn, ofBob, ofCy] = devices as [(typeof devices)[0], (typeof devices)[0], (typeof devices)[0]];
    const watched = people.map(({ id }) => id).join(',');
    for (const device of devices) await device.command('presence.watch', { people: watched });
    for (const device of devices) {
      await device.settled();
      device.events.length = 0;
    }
    await block(ann, bob.id);
    expect(await ofAnn.next('presence.unwatched')).toEqual({ personId: bob.id });
    expect(await ofBob.next('presence.unwatched')).toEqual({ personId: ann.id });
    expect([await presenceOf(ann, bob), await presenceOf(bob, ann)]).toEqual([[], []]);
    expect(await presenceOf(ann, cy)).toMatchObject([{ personId: ann.id, online: true }]);

    const { items } = await ofBob.command('presence.watch', { people: watched });
    expect(items.map(({ personId }: { personId: string }) => personId).sort()).toEqual([bob.id, cy.id].sort());
    ofAnn.close();
    expect(await ofCy.next('presence.changed')).toMatchObject({ personId: ann.id, online: false });
    await update(ann, { name: 'New name' });
    await ofCy.next('person.updated');
    await ofBob.settled();
    expect(ofBob.events).toEqual([]);
    await ofCy.settled();
    expect(ofCy.events).toEqual([]);
    for (const device of [ofBob, ofCy]) device.close();
  });
});

test('the list shows the last first, in pages that fit together', async () => {
  const ann = await signIn(app);
  const people: string[] = [];
  for (let i = 0; i < 7; i += 1) {
    const { id } = await signIn(app);
    // Several in one moment.
    if (i % 3 === 0) app.clock.advance(1_000);
    await block(ann, id);
    people.push(id);
  }
  const whole = (await blocked(ann)).items;
  const ids = whole.map(({ person }: { person: { id: string } }) => person.id);
  expect([...ids].sort()).toEqual([...people].sort());
  expect(ids[0]).toBe(people[6]);
  const times = whole.map(({ blockedAt }: { blockedAt: string }) => blockedAt);
  expect(times).toEqual([...times].sort().reverse());
  const paged: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await blocked(ann, `?limit=2${cursor && `&cursor=${cursor}`}`);
    paged.push(...answer.items);
    cursor = answer.next;
  }
  expect(paged).toEqual(whole);
});
