import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatappClient } from '../../harness/chatapp.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

let app: TestApp;
let last = 0;
beforeAll(async () => {
  app = await startTestApp({ OTP_RESEND_SECONDS: '0' });
});
afterAll(() => app.close());

const national = (): string => {
  last += 1;
  return `555${String(5_000_000 + last)}`;
};
const person = (name?: string, number = national()) => new ChatappClient(app).signIn('+1', number, name);
const list = async (ann: ChatappClient, query = '') => (await ann.get(`/users/contacts${query}`)).body.data;
const failure = (status: number, message: string) => ({ status, body: { success: false, message } });
const nobody = '01900000-0000-7000-8000-000000000000';

describe('adding a contact', () => {
  test('by id or by number, once', async () => {
    const number = national();
    const [ann, bob, cy] = [await person('Ann'), await person('Bo'), await person('Cy', number)];
    const added = await ann.post('/users/add-contact', { userId: bob.id, displayName: 'Bo (work)', phoneNumber: null });
    expect(added).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Contact added successfully',
        data: {
          contact: {
            userId: { _id: bob.id, displayName: 'Bo' },
            displayName: 'Bo (work)',
            isBlocked: false,
            isFavorite: false,
            isCloseFriend: false,
          },
        },
      },
    });
    const again = await ann.post('/users/add-contact', { contactId: bob.id });
    expect(again).toMatchObject({
      status: 200,
      body: { message: 'User is already in your contacts', data: { contact: { displayName: 'Bo (work)' } } },
    });
    const byNumber = await ann.post('/users/add-contact', { phoneNumber: number, countryCode: '+1', customName: null });
    expect(byNumber.body.data.contact).toMatchObject({ userId: { _id: cy.id }, displayName: 'Cy' });
    expect((await list(ann)).contacts).toHaveLength(2);
    expect((await ann.get('/users/profile')).body.data.user.contacts).toHaveLength(2);
  });

  test('is refused of oneself, of nobody, and across blocks', async () => {
    const number = national();
    const [ann, bob] = [await person('Ann', number), await person('Bo')];
    const add = (body: object) => ann.post('/users/add-contact', body);
    const own = failure(400, 'Cannot add yourself as contact');
    expect(await add({ userId: ann.id })).toMatchObject(own);
    expect(await add({ phoneNumber: `+1${number}` })).toMatchObject(own);
    const missing = failure(404, 'User not found');
    expect(await add({ userId: nobody })).toMatchObject(missing);
    expect(await add({ userId: 'nonsense' })).toMatchObject(missing);
    expect(await add({ phoneNumber: '+15550009999' })).toMatchObject(missing);
    expect((await add({})).body.errors).toMatchObject([{ path: 'userId' }]);
    expect((await add({ phoneNumber: '5550009999' })).body.errors).toContainEqual(
      expect.objectContaining({ path: 'countryCode', msg: 'Country code is required' }),
    );
    await bob.post('/users/block', { userId: ann.id });
    expect(await add({ userId: bob.id })).toMatchObject(failure(400, 'Cannot add this user as contact'));
    await bob.post('/users/unblock', { userId: ann.id });
    expect((await add({ userId: bob.id })).status).toBe(200);
  });
});

test('contacts are listed by their shown names, in pages, and searched', async () => {
  const ann = await person('Ann');
  const names = ['Delta', 'alpha', 'Charlie', 'bravo', 'Echo'];
  for (const name of names) {
    await ann.post('/users/add-contact', { userId: (await person(name)).id, displayName: null });
  }
  const shown = async (query = '') =>
    (await list(ann, query)).contacts.map(({ displayName }: { displayName: string }) => displayName);
  expect(await shown()).toEqual(['alpha', 'bravo', 'Charlie', 'Delta', 'Echo']);
  expect(await shown('?page=2&limit=2')).toEqual(['Charlie', 'Delta']);
  expect((await list(ann, '?page=2&limit=2')).pagination).toEqual({
    currentPage: 2,
    totalPages: 3,
    totalContacts: 5,
    hasNext: true,
    hasPrev: true,
  });
  expect(await list(ann, '?page=9&limit=2')).toMatchObject({ contacts: [], pagination: { totalContacts: 5 } });
  expect(await shown('?search=HAR')).toEqual(['Charlie']);
  expect(await shown('?search=')).toHaveLength(5);
  expect((await list(await person('Lonely'))).pagination).toEqual({
    currentPage: 1,
    totalPages: 0,
    totalContacts: 0,
    hasNext: false,
    hasPrev: false,
  });
});

test('a contact is renamed, marked and removed by its person', async () => {
  const [ann, bob] = [await person('Ann'), await person('Bo')];
  const path = `/users/contacts/${bob.id}`;
  expect(await ann.put(path, { isFavorite: true })).toMatchObject(failure(404, 'Contact not found'));
  await ann.post('/users/add-contact', { userId: bob.id });
  const marked = await ann.put(path, { displayName: 'Bobby', isFavorite: true, isCloseFriend: true });
  expect(marked).toMatchObject({
    status: 200,
    body: { success: true, data: { contact: { displayName: 'Bobby', isFavorite: true, isCloseFriend: true } } },
  });
  const partly = await ann.put(path, { isFavorite: false, displayName: null });
  expect(partly.body.data.contact).toMatchObject({ displayName: 'Bobby', isFavorite: false, isCloseFriend: true });
  expect((await ann.put(path, { displayName: '' })).body.data.contact.displayName).toBe('Bo');
  expect((await ann.put(path, { isFavorite: 'very' })).body.errors).toMatchObject([{ path: 'isFavorite' }]);
  expect(await ann.put('/users/contacts/nonsense', {})).toMatchObject(failure(404, 'Contact not found'));
  const removed = await ann.delete(path);
  expect(removed).toMatchObject({ status: 200, body: { success: true, message: 'Contact removed successfully' } });
  expect(await ann.delete(path)).toMatchObject(failure(404, 'Contact not found'));
  expect((await list(ann)).contacts).toEqual([]);
});

test('an address book is matched with those who want to be found', async () => {
  const numbers = [national(), national(), national()] as const;
  const [ann, bob, cy] = [await person('Ann'), await person('Bo', numbers[0]), await person('Cy', numbers[1])];
  await cy.post('/users/block', { userId: ann.id });
  const phoneNumbers = [`+1${numbers[0]}`, `+1 555 ${numbers[1].slice(3)}`, `+1${numbers[2]}`, 'nonsense'];
  const { status, body } = await ann.post('/users/contacts/sync', { phoneNumbers });
  expect(status).toBe(200);
  expect(body.data.foundUsers).toMatchObject([{ _id: bob.id, displayName: 'Bo', phoneNumber: `+1${numbers[0]}` }]);
  expect(body.data.notFoundNumbers).toEqual(phoneNumbers.slice(1));
  for (const wrong of [[], undefined, 'all', Array.from({ length: 501 }, () => '+15550000000')]) {
    const refused = await ann.post('/users/contacts/sync', { phoneNumbers: wrong });
    expect(refused.body).toMatchObject({ message: 'Validation failed', errors: [{ path: 'phoneNumbers' }] });
  }
});

test('blocked people are listed with the time, and unblocked', async () => {
  const [ann, bob] = [await person('Ann'), await person('Bo')];
  await ann.post('/users/add-contact', { userId: bob.id });
  const blocked = await ann.post('/users/block', { userId: bob.id });
  expect(blocked).toMatchObject({ status: 200, body: { success: true, message: 'User blocked successfully' } });
  const { blockedUsers } = (await ann.get('/users/blocked')).body.data;
  expect(blockedUsers).toMatchObject([{ userId: { _id: bob.id, displayName: 'Bo' }, blockedAt: expect.any(String) }]);
  expect((await ann.get('/users/profile')).body.data.user.blockedUsers).toEqual([
    { userId: bob.id, blockedAt: blockedUsers[0].blockedAt },
  ]);
  expect((await list(ann)).contacts).toMatchObject([{ isBlocked: true }]);
  expect((await bob.get('/users/blocked')).body.data.blockedUsers).toEqual([]);
  const unblocked = await ann.post('/users/unblock', { userId: bob.id });
  expect(unblocked.body).toEqual({ success: true, message: 'User unblocked successfully' });
  expect((await ann.get('/users/blocked')).body.data.blockedUsers).toEqual([]);
  expect(await ann.post('/users/block', { userId: ann.id })).toMatchObject(failure(400, 'Cannot block yourself'));
  expect(await ann.post('/users/block', { userId: nobody })).toMatchObject(failure(404, 'User not found'));
  expect((await ann.post('/users/block')).body.errors).toMatchObject([{ path: 'userId' }]);
});
