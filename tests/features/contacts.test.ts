import { sql as rawSql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KnownQuery } from '../../src/engine/contacts/index.ts';
import { keyPhoneIdentity } from '../../src/engine/people/index.ts';
import { actorOf } from '../harness/engine-face.ts';
import { codeFor, connect, newPhone, newUsername, register, rest, signIn, type TestPerson } from '../harness/people.ts';
import { peopleFace } from '../harness/people-face.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const add = (owner: { token: string }, body: object) => rest(app, 'POST', '/contacts', { token: owner.token, body });
const change = (owner: TestPerson, id: string, body: object) =>
  rest(app, 'PATCH', `/contacts/${id}`, { token: owner.token, body });
const remove = (owner: TestPerson, id: string) => rest(app, 'DELETE', `/contacts/${id}`, { token: owner.token });
const list = async (owner: { token: string }, query = '') =>
  (await rest(app, 'GET', `/contacts${query}`, { token: owner.token })).body;
const match = async (owner: TestPerson, phones: readonly string[]) =>
  (await rest(app, 'POST', '/contacts/match', { token: owner.token, body: { phones } })).body;
const privacy = (person: TestPerson, body: object) => rest(app, 'PATCH', '/me/privacy', { token: person.token, body });
const block = (person: TestPerson, other: TestPerson) =>
  rest(app, 'PUT', `/blocks/${other.id}`, { token: person.token });
/** The name under which a contact is shown. */
const shown = ({ name, person, phone }: { name: string | null; person: { name: string } | null; phone: string }) =>
  name ?? (person?.name || phone);

describe('a contact', () => {
  test('is added once, by person or by phone number, and each change counts and reaches the own devices', async () => {
    const [ann, bob] = [await signIn(app), await signIn(app, { name: 'Bob' })];
    const device = await connect(app, ann.token);
    const first = await add(ann, { personId: bob.id });
    expect(first).toMatchObject({ status: 201, body: { created: true, version: 1 } });
    const { contact } = first.body;
    expect(contact).toMatchObject({ person: { id: bob.id, name: 'Bob' }, phone: null, name: null, favourite: false });
    expect(contact.changedAt).toBe(contact.createdAt);
    expect(await device.next('contact.updated')).toEqual({ contact, version: 1 });

    const again = await add(ann, { personId: bob.id, name: 'Another' });
    expect(again).toMatchObject({ status: 200, body: { created: false, version: 1, contact } });

    // The number is what was not known yet.
    app.clock.advance(1_000);
    const byPhone = await add(ann, { phone: bob.phone });
    expect(byPhone).toMatchObject({ status: 200, body: { created: false, version: 2 } });
    const { changedAt } = byPhone.body.contact;
    expect(Date.parse(changedAt)).toBeGreaterThanOrEqual(Date.parse(contact.changedAt) + 1_000);
    expect(byPhone.body.contact).toEqual({ ...contact, phone: bob.phone, changedAt });
    expect(await device.next('contact.updated')).toEqual({ contact: byPhone.body.contact, version: 2 });

    const renamed = await change(ann, contact.id, { name: ' Bobby ', favourite: true });
    expect(renamed).toMatchObject({ status: 200, body: { contact: { name: 'Bobby', favourite: true }, version: 3 } });
    expect((await change(ann, contact.id, { name: 'Bobby' })).body.version).toBe(3);
    expect(await device.next('contact.updated')).toEqual(renamed.body);
    expect((await change(ann, contact.id, { name: null })).body).toMatchObject({ contact: { name: null }, version: 4 });
    await device.next('contact.updated');

    expect(await remove(ann, contact.id)).toMatchObject({ status: 200, body: { version: 5 } });
    expect(await device.next('contact.removed')).toEqual({ contactId: contact.id, version: 5 });
    expect(await list(ann)).toEqual({ items: [], next: null, version: 5 });
    await device.settled();
    expect(device.events.filter(({ type }) => type.startsWith('contact.'))).toEqual([]);
    device.close();
  });

  test('is the business of its owner alone', async () => {
    const [ann, bob, eve] = [await signIn(app), await signIn(app), await signIn(app)];
    const device = await connect(app, bob.token);
    const { id } = (await add(ann, { personId: bob.id })).body.contact;
    for (const person of [bob, eve]) {
      const answers = [
        await rest(app, 'GET', `/contacts/${id}`, { token: person.token }),
        await change(person, id, { name: 'Mine' }),
        await remove(person, id),
      ];
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 404, body: { error: { code: 'contact_not_found' } } });
      }
      expect((await list(person)).items).toEqual([]);
    }
    const own = await rest(app, 'GET', `/contacts/${id}`, { token: ann.token });
    expect(own.body).toMatchObject({ contact: { id, name: null }, version: 1 });
    await remove(ann, id);
    await device.settled();
    expect(device.events).toEqual([]);
    device.close();
  });

  test.each([
    ['neither person nor number', () => ({}), 'invalid_request', 400],
    ['both', (ann: TestPerson) => ({ personId: ann.id, phone: newPhone() }), 'invalid_request', 400],
    ['oneself', (ann: TestPerson) => ({ personId: ann.id }), 'contact_with_self', 400],
    ['the own number', (ann: TestPerson) => ({ phone: ann.phone }), 'contact_with_self', 400],
    ['nobody', () => ({ personId: '01900000-0000-7000-8000-000000000000' }), 'person_not_found', 404],
    ['what is no id', () => ({ personId: 'nobody' }), 'person_not_found', 404],
    ['what is no number', () => ({ phone: '12' }), 'invalid_phone', 400],
    ['an empty name', () => ({ phone: newPhone(), name: ' ' }), 'invalid_request', 400],
  ])('cannot be %s', async (_what, body, code, status) => {
    const ann = await signIn(app);
    expect(await add(ann, body(ann))).toMatchObject({ status, body: { error: { code } } });
    expect(await list(ann)).toEqual({ items: [], next: null, version: 0 });
  });
});

describe('a number that nobody has joined with', () => {
  test('waits, and gets its person when they join', async () => {
    const [ann, phone] = [await signIn(app), newPhone()];
    const device = await connect(app, ann.token);
    const added = (await add(ann, { phone, name: 'Zoe' })).body;
    expect(added).toMatchObject({ created: true, contact: { person: null, phone, name: 'Zoe' } });
    const zoe = await signIn(app, { phone, name: 'Zoe Zimmer' });
    await device.next('contact.updated', ({ version }) => version === 1);
    const joined = await device.next('contact.updated');
    expect(joined).toMatchObject({
      version: 2,
      contact: { id: added.contact.id, person: { id: zoe.id }, name: 'Zoe' },
    });
    expect((await list(ann)).items).toEqual([joined.contact]);
    device.close();
  });

  test('is merged into the contact with the person who links it, and what both knew is kept', async () => {
    const ann = await signIn(app);
    const username = newUsername();
    const zoe = (await register(app, { username })).body;
    const { contact } = (await add(ann, { personId: zoe.profile.id })).body;
    const phone = newPhone();
    const waiting = (await add(ann, { phone, name: 'Zoe', favourite: true })).body.contact;
    const device = await connect(app, ann.token);
    await rest(app, 'POST', '/codes', { body: { phone } });
    const body = { phone, code: codeFor(app, phone) };
    const linked = await rest(app, 'PUT', '/me/phone', { token: zoe.tokens.accessToken, body });
    expect(linked.status).toBe(204);
    expect(await device.next('contact.removed')).toEqual({ contactId: waiting.id, version: 3 });
    expect(await device.next('contact.updated')).toMatchObject({ version: 3 });
    const { items } = await list(ann);
    expect(items).toEqual([expect.objectContaining({ id: contact.id, phone, name: 'Zoe', favourite: true })]);
    device.close();
  });

  test('is taken out of the address book of the person whose own it becomes', async () => {
    const zoe = (await register(app, { username: newUsername() })).body;
    const owner = { token: zoe.tokens.accessToken };
    const phone = newPhone();
    await add(owner, { phone });
    await rest(app, 'POST', '/codes', { body: { phone } });
    await rest(app, 'PUT', '/me/phone', { ...owner, body: { phone, code: codeFor(app, phone) } });
    expect(await list(owner)).toEqual({ items: [], next: null, version: 2 });
  });

  test('waits for its next owner when an account is deleted', async () => {
    const [ann, gone] = [await signIn(app), await signIn(app, { name: 'Gone' })];
    await add(ann, { phone: gone.phone });
    await add(gone, { personId: ann.id });
    await rest(app, 'DELETE', '/me', { token: gone.token });
    expect((await list(ann)).items).toMatchObject([{ person: null, phone: gone.phone }]);
    const next = await signIn(app, { phone: gone.phone, name: 'Next' });
    expect((await list(ann)).items).toMatchObject([{ person: { id: next.id, name: 'Next' } }]);
    expect((await list(next)).items).toEqual([]);
  });

  test('does not tell that its person has joined without wanting to be found, and does once they do', async () => {
    const [ann, hidden] = [await signIn(app), await signIn(app)];
    await privacy(hidden, { phone: 'nobody' });
    const nobody = newPhone();
    const [first, second] = [await add(ann, { phone: hidden.phone }), await add(ann, { phone: nobody })];
    expect(first.body.contact.person).toBe(null);
    expect(Object.keys(first.body.contact)).toEqual(Object.keys(second.body.contact));
    await privacy(hidden, { phone: 'contacts' });
    expect((await add(ann, { phone: hidden.phone })).body.contact.person).toBe(null);
    await add(hidden, { personId: ann.id });
    const again = (await add(ann, { phone: hidden.phone })).body;
    expect(again).toMatchObject({ created: false, contact: { id: first.body.contact.id, person: { id: hidden.id } } });
  });
});

describe('the list', () => {
  test('is sorted by shown names, in pages that fit together', async () => {
    const ann = await signIn(app);
    const others = await Promise.all(['Émile', 'anna', 'Zed', 'Bob', '王小明'].map((name) => signIn(app, { name })));
    for (const { id } of others) await add(ann, { personId: id });
    await add(ann, { personId: (await signIn(app, { name: 'aardvark' })).id, name: 'Mum "\\ 😀' });
    const lonely = newPhone();
    await add(ann, { phone: lonely });
    for (let i = 0; i < 20; i += 1) await add(ann, { phone: newPhone(), name: `Carl ${String(i % 5)}` });

    const whole = (await list(ann)).items;
    expect(whole).toHaveLength(27);
    const names = whole.map(shown);
    expect(names.slice(0, 3)).toEqual([lonely, 'anna', 'Bob']);
    expect(names.slice(-4)).toEqual(['Mum "\\ 😀', 'Zed', 'Émile', '王小明']);
    for (const limit of [1, 4, 26, 27]) {
      const paged: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const answer = await list(ann, `?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(answer.version).toBe(27);
        paged.push(...answer.items);
        cursor = answer.next;
      }
      expect(paged).toEqual(whole);
    }
  });

  test('finds any part of a name, a username or a number, in the own address book only', async () => {
    const [ann, eve] = [await signIn(app), await signIn(app)];
    const username = newUsername();
    const bob = await register(app, { name: 'Robert Baker', username });
    const { id } = (await add(ann, { personId: bob.body.profile.id, name: 'Dentist (50%)', favourite: true })).body
      .contact;
    const phone = newPhone();
    const other = (await add(ann, { phone, name: '小明' })).body.contact.id;
    await add(eve, { personId: bob.body.profile.id });
    const found = async (q: string, more = '') =>
      (await list(ann, `?q=${encodeURIComponent(q)}${more}`)).items.map((item: { id: string }) => item.id);
    for (const part of ['ntis', 'BAKER', 'bert b', username.slice(2), '50%', '(50'])
      expect(await found(part)).toEqual([id]);
    for (const part of ['明', phone, phone.slice(-6), `${phone.slice(2, 5)} ${phone.slice(5, 9)}-${phone.slice(9)}`]) {
      expect(await found(part)).toEqual([other]);
    }
    for (const part of ['b_k', 'b%r', 'nobody']) expect(await found(part)).toEqual([]);
    expect(await found('e', '&favourites=true')).toEqual([id]);
    expect((await list(ann, '?favourites=true')).items).toHaveLength(1);
    expect((await list(eve, '?q=dentist')).items).toEqual([]);
    expect((await rest(app, 'GET', '/contacts?q=%20', { token: ann.token })).body.error.code).toBe('invalid_request');
  });

  test('refuses cursors of others and of nobody', async () => {
    const ann = await signIn(app);
    for (const key of [['a'], ['\u0000', ann.id], ['\ud800', ann.id], [1, ann.id], ['a', 'b'], 'a']) {
      const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
      const answer = await rest(app, 'GET', `/contacts?cursor=${cursor}`, { token: ann.token });
      expect([key, answer.status, answer.body.error?.code]).toEqual([key, 400, 'invalid_request']);
    }
  });
});

describe('matching an address book', () => {
  test('brings those who want to be found, whatever the numbers look like', async () => {
    const ann = await signIn(app);
    const [open, hidden, friend, stranger, blocking, deleted] = (await Promise.all(
      Array.from({ length: 6 }, () => signIn(app)),
    )) as [TestPerson, TestPerson, TestPerson, TestPerson, TestPerson, TestPerson];
    await privacy(hidden, { phone: 'nobody' });
    for (const person of [friend, stranger]) await privacy(person, { phone: 'contacts' });
    await add(friend, { personId: ann.id });
    await block(blocking, ann);
    await rest(app, 'DELETE', '/me', { token: deleted.token });
    const spaced = `+1 (555) ${open.phone.slice(5, 8)}-${open.phone.slice(8)}`;
    const others = [hidden, friend, stranger, blocking, deleted, ann].map(({ phone }) => phone);
    const { matches } = await match(ann, [spaced, open.phone, 'nonsense', newPhone(), ...others]);
    const byPhone = new Map(
      matches.map((one: { phone: string; person: { id: string } }) => [one.phone, one.person.id]),
    );
    expect(byPhone).toEqual(
      new Map([
        [spaced, open.id],
        [friend.phone, friend.id],
      ]),
    );

    // Search by number keeps to the same.
    for (const { phone, id } of [open, hidden, friend, stranger, blocking]) {
      const { body } = await rest(app, 'GET', `/people?q=${encodeURIComponent(phone)}`, { token: ann.token });
      expect(body.items.map((person: { id: string }) => person.id)).toEqual(
        [open, friend].some((one) => one.id === id) ? [id] : [],
      );
    }
  });

  test('takes 1,000 numbers a call', async () => {
    const ann = await signIn(app);
    const phones = Array.from({ length: 1_000 }, () => newPhone());
    const bob = await signIn(app, { phone: phones[999] as string });
    expect((await match(ann, phones)).matches).toMatchObject([{ phone: bob.phone, person: { id: bob.id } }]);
    expect((await match(ann, [...phones, newPhone()])).error.code).toBe('invalid_request');
    expect((await match(ann, [])).matches).toEqual([]);
  });

  test('is limited to 5,000 numbers a day, together with all other ways to look up numbers', async () => {
    const limited = await startTestApp({ PARLEY_RATE_LIMIT_FACTOR: '0.01' });
    const { body } = await register(limited, { username: newUsername() });
    const token = body.tokens.accessToken;
    const phones = Array.from({ length: 48 }, () => newPhone());
    expect((await rest(limited, 'POST', '/contacts/match', { token, body: { phones } })).status).toBe(200);
    await limited.clock.advance(60_000);
    expect((await rest(limited, 'POST', '/contacts', { token, body: { phone: newPhone() } })).status).toBe(201);
    await limited.clock.advance(60_000);
    const found = () => rest(limited, 'GET', `/people?q=${encodeURIComponent(newPhone())}`, { token });
    expect((await found()).status).toBe(200);
    await limited.clock.advance(60_000);
    expect(await found()).toMatchObject({ status: 429, body: { error: { details: { limit: 'phone-lookups' } } } });
    await limited.close();
  });
});

describe('all contacts at once, as some doors list them', () => {
  const listed = async (owner: TestPerson, query: KnownQuery = {}) => {
    const { items, more } = await peopleFace(app).contacts.listed(actorOf(owner), query);
    return { names: items.map(({ name, person }) => name ?? person?.name), items, more };
  };
  const addNew = async (owner: TestPerson, name: string, body: object = {}): Promise<TestPerson> => {
    app.clock.advance(1_000);
    const person = await signIn(app, { name });
    await add(owner, { personId: person.id, ...body });
    return person;
  };

  test('are those whose person is known, the last added first, in pages too', async () => {
    const ann = await signIn(app);
    await addNew(ann, 'First');
    await add(ann, { phone: newPhone(), name: 'Nobody yet' });
    const gone = await addNew(ann, 'Gone');
    await addNew(ann, 'Last', { name: 'Given' });
    await rest(app, 'DELETE', '/me', { token: gone.token });
    expect(await listed(ann)).toMatchObject({ names: ['Given', 'First'], more: false });
    expect(await listed(ann, { limit: 1 })).toMatchObject({ names: ['Given'], more: true });
    expect(await listed(ann, { limit: 1, offset: 1 })).toMatchObject({ names: ['First'], more: false });
    expect(await listed(ann, { offset: 1e12 })).toMatchObject({ names: [], more: false });
    expect((await listed(await signIn(app))).names).toEqual([]);
  });

  test('can be the favourites, the blocked ones, or the others', async () => {
    const ann = await signIn(app);
    await addNew(ann, 'Plain');
    await addNew(ann, 'Best', { favourite: true });
    const bob = await addNew(ann, 'Blocked');
    const carl = await addNew(ann, 'Blocks me');
    await block(ann, bob);
    await block(carl, ann);
    expect((await listed(ann)).items.map(({ blocked }) => blocked)).toEqual([false, true, false, false]);
    expect((await listed(ann, { blocked: true })).names).toEqual(['Blocked']);
    expect((await listed(ann, { blocked: false })).names).toEqual(['Blocks me', 'Best', 'Plain']);
    expect((await listed(ann, { favourites: true })).names).toEqual(['Best']);
    expect((await listed(ann, { favourites: true, blocked: true })).names).toEqual([]);
    await rest(app, 'DELETE', `/blocks/${bob.id}`, { token: ann.token });
    expect((await listed(ann, { blocked: true })).names).toEqual([]);
  });

  test('are found by part of either name or of the username, or by the whole number', async () => {
    const ann = await signIn(app);
    const username = newUsername();
    const bob = await addNew(ann, 'Robert_Holt', { name: 'Bob 100%' });
    await rest(app, 'PATCH', '/me', { token: bob.token, body: { username } });
    await addNew(ann, 'Other');
    for (const text of ['b 10', 'OBERT', 't_h', '0%', username.slice(1)]) {
      expect((await listed(ann, { text })).names, text).toEqual(['Bob 100%']);
    }
    for (const text of ['b%0', 't%h', bob.phone, bob.phone.slice(-4)]) {
      expect((await listed(ann, { text })).names, text).toEqual([]);
    }
    const phone = (text: string) => keyPhoneIdentity('convospace', text);
    expect((await listed(ann, { text: bob.phone, phone: phone(bob.phone) })).names).toEqual(['Bob 100%']);
    expect((await listed(ann, { phone: phone(bob.phone.slice(0, -1)) })).names).toEqual([]);
    expect((await listed(ann, { text: 'other', phone: phone(bob.phone) })).names).toEqual(['Other', 'Bob 100%']);
    expect((await listed(ann, { text: ' ' })).names).toEqual(['Other', 'Bob 100%']);
    // Who hides the number is found by it only where the owner has it.
    await privacy(bob, { phone: 'nobody' });
    expect((await listed(ann, { phone: phone(bob.phone) })).names).toEqual([]);
    const carl = await signIn(app, { name: 'Carl' });
    await add(ann, { phone: carl.phone });
    await privacy(carl, { phone: 'nobody' });
    expect((await listed(ann, { phone: phone(carl.phone) })).names).toEqual(['Carl']);
  });

  test('tell whether they are blocked, over the native door too', async () => {
    const ann = await signIn(app);
    const bob = await addNew(ann, 'Bob');
    await block(ann, bob);
    const { items } = await list(ann);
    expect(items).toMatchObject([{ person: { id: bob.id }, blocked: true }]);
    expect((await rest(app, 'GET', `/contacts/${items[0].id}`, { token: ann.token })).body.contact.blocked).toBe(true);
    const { items: theirs } = await list(bob);
    expect(theirs).toEqual([]);
    await add(bob, { personId: ann.id });
    expect((await list(bob)).items).toMatchObject([{ blocked: false }]);
  });

  test('by the two thousand come at once', async () => {
    const owner = await signIn(app);
    await app.app.database.write(({ sql }) =>
      rawSql`
        with new as (
          insert into people (id, name, username, search, role, created_at, about, photo_url)
          select gen_random_uuid(), 'Person ' || n, null, ' person ' || n, 'user', now(), 'About', 'https://p.example/1'
          from generate_series(1, 2000) as n returning id, name
        )
        insert into contacts (id, owner_id, person_id, search, created_at)
        select gen_random_uuid(), ${owner.id}, id, '', now() from new
      `.execute(sql),
    );
    const { items, more } = await listed(owner);
    expect([items.length, more]).toEqual([2_000, false]);
    expect((await listed(owner, { text: 'person 199' })).names.length).toBe(11);
  });
});
