import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient, newNumber } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let teo: ConvospaceClient;
let ann: ConvospaceClient;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  mira = await newClient(app, 'Mira Holt');
  teo = await newClient(app, 'Teo Brandt');
  ann = await newClient(app, 'Ann Lee');
});
afterAll(() => app.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const add = async (who: ConvospaceClient, contact_name?: string) =>
  good(await mira.post('/contacts', { contact_user_id: who.id, contact_name })).data;
const names = async (path: string) =>
  (await mira.read(path)).map((contact: { contact_name: string }) => contact.contact_name);
const notFound = refusal(404, 'Contact not found');

describe('an address book', () => {
  test('shows a contact in all of its fields, in every answer', async () => {
    const added = await mira.post('/contacts', { contact_user_id: teo.id, contact_name: 'Teo' });
    expect(added.status).toBe(201);
    const { data } = added.body;
    expect(added.body).toEqual({
      success: true,
      message: 'Contact added successfully',
      data: {
        id: expect.any(Number),
        contact_id: data.id,
        user_id: mira.id,
        contact_user_id: teo.id,
        contact_name: 'Teo',
        is_blocked: false,
        is_favorite: false,
        added_at: time,
        created_at: data.added_at,
        updated_at: data.added_at,
        contact: {
          id: teo.id,
          user_id: teo.id,
          username: expect.any(String),
          full_name: 'Teo Brandt',
          profile_picture: null,
          avatar_url: null,
          bio: null,
          is_online: false,
          status: 'offline',
          last_seen_at: null,
        },
      },
    });
    expect(await mira.read('/contacts')).toEqual([data]);
    expect(await teo.read('/contacts')).toEqual([]);
    app.clock.advance(1_000);
    const changed = (await mira.put(`/contacts/${data.id}`, { contact_name: 'T.', is_favorite: true })).body;
    expect(changed).toEqual({
      success: true,
      message: 'Contact updated successfully',
      data: { ...data, contact_name: 'T.', is_favorite: true, updated_at: time },
    });
    expect(changed.data.updated_at > data.updated_at).toBe(true);
    expect((await mira.put(`/contacts/${data.id}`, {})).body.data).toEqual(changed.data);
  });

  test('calls who was given no name as they call themselves', async () => {
    const { id, contact_name } = await add(teo);
    expect(contact_name).toBe('Teo Brandt');
    await mira.put(`/contacts/${id}`, { contact_name: 'Teddy' });
    expect((await mira.put(`/contacts/${id}`, { contact_name: '' })).body.data.contact_name).toBe('Teo Brandt');
  });

  test('has nobody twice, nor oneself, nor nobody', async () => {
    await add(teo);
    const again = { contact_user_id: teo.id };
    expect(await mira.post('/contacts', again)).toMatchObject(refusal(400, 'Contact already exists'));
    expect((await mira.post('/contacts', { contact_user_id: mira.id })).status).toBe(400);
    expect(await mira.post('/contacts', {})).toMatchObject(refusal(400, 'contact_user_id is required'));
    expect(await mira.post('/contacts', { contact_user_id: 999_999 })).toMatchObject(refusal(404, 'User not found'));
    const long = { contact_user_id: ann.id, contact_name: 'x'.repeat(101) };
    expect((await mira.post('/contacts', long)).status).toBe(400);
  });

  test('is listed with the last added first, or only favourites', async () => {
    const first = await add(teo, 'First');
    app.clock.advance(1_000);
    await add(ann, 'Second');
    expect(await names('/contacts')).toEqual(['Second', 'First']);
    await mira.put(`/contacts/${first.id}`, { is_favorite: true });
    expect(await names('/contacts?favorite=true')).toEqual(['First']);
    expect(await names('/contacts?favorite=false')).toEqual(['Second', 'First']);
  });

  test('is searched by given name, name, username, or whole number', async () => {
    const number = newNumber();
    const odd = await new ConvospaceClient(app).signIn(number, { full_name: 'Öl Kanne', username: 'kanne_50' });
    await add(odd, 'Given 100%');
    await add(teo);
    const search = (text: string) => names(`/contacts/search?query=${encodeURIComponent(text)}`);
    for (const text of ['given', '100%', 'kanne', 'KANNE_5', '%', number]) {
      expect(await search(text)).toEqual(['Given 100%']);
    }
    expect(await search(number.slice(1))).toEqual([]);
    expect(await names('/contacts/search?q=brandt')).toEqual(['Teo Brandt']);
    const missing = refusal(400, 'query is required');
    for (const path of ['/contacts/search', '/contacts/search?query=', '/contacts/search?query=%20']) {
      expect(await mira.get(path)).toMatchObject(missing);
    }
  });

  test('loses who is deleted from it', async () => {
    const { id } = await add(teo);
    expect((await mira.delete(`/contacts/${id}`)).body).toEqual({
      success: true,
      message: 'Contact deleted successfully',
    });
    expect(await mira.read('/contacts')).toEqual([]);
    expect(await mira.delete(`/contacts/${id}`)).toMatchObject(notFound);
  });

  test('is nobody else’s', async () => {
    const { id } = await add(teo);
    expect(await teo.put(`/contacts/${id}`, { is_favorite: true })).toMatchObject(notFound);
    expect(await teo.put(`/contacts/${id}/block`, { is_blocked: true })).toMatchObject(notFound);
    expect(await teo.delete(`/contacts/${id}`)).toMatchObject(notFound);
  });
});

describe('blocking', () => {
  test('takes a contact out of the list and the search, until they are unblocked', async () => {
    const { id } = await add(teo);
    const blocked = await mira.put(`/contacts/${id}/block`, { is_blocked: true });
    expect(blocked.body).toMatchObject({
      success: true,
      message: 'Contact blocked successfully',
      data: { id, is_blocked: true, contact: { id: teo.id } },
    });
    expect(await names('/contacts')).toEqual([]);
    expect(await names('/contacts/search?query=teo')).toEqual([]);
    expect(await names('/contacts/blocked')).toEqual(['Teo Brandt']);
    const unblocked = await mira.put(`/contacts/${id}/block`, { is_blocked: false });
    expect(unblocked.body).toMatchObject({ message: 'Contact unblocked successfully', data: { is_blocked: false } });
    expect(await names('/contacts')).toEqual(['Teo Brandt']);
    expect(await names('/contacts/blocked')).toEqual([]);
    expect(await mira.put(`/contacts/${id}/block`, {})).toMatchObject(refusal(400, 'is_blocked is required'));
  });

  test('ends with the contact', async () => {
    const { id } = await add(teo);
    await mira.put(`/contacts/${id}/block`, { is_blocked: true });
    const conversation = { participant_id: mira.id };
    expect((await teo.post('/conversations', conversation)).status).toBe(403);
    await mira.delete(`/contacts/${id}`);
    expect((await teo.post('/conversations', conversation)).status).toBe(200);
    expect((await add(teo)).is_blocked).toBe(false);
  });
});
