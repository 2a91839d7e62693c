import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChatappAnswer, ChatappClient } from '../../harness/chatapp.ts';
import { addMembers, createGroup, setRole } from '../../harness/groups.ts';
import { picture, uploaded } from '../../harness/media.ts';
import { setBlocked } from '../../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
type Json = any;
type Client = ChatappClient & { readonly person: TestPerson };

let app: TestApp;
let ann: Client;
let ben: Client;
let eve: Client;
let chat: string;
let group: string;

async function clientOf(name: string): Promise<Client> {
  const person = await signIn(app, { name, tokens: 'opaque' });
  return Object.assign(new ChatappClient(app), { person, token: person.token, id: person.id });
}

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  [ann, ben, eve] = [await clientOf('Ann'), await clientOf('Ben'), await clientOf('Eve')];
  chat = await startDirect(app, ann.person, ben.person);
  group = (await createGroup(app, ann.person, { people: [ben.person] })).id;
});
afterAll(() => app.close());

const send = (from: Client, body: object): Promise<ChatappAnswer> => from.post('/messages', { chatId: chat, ...body });
const text = (said: string) => ({ content: { type: 'text', text: said } });
async function sent(from: Client, body: object): Promise<Json> {
  const answer = await send(from, body);
  if (answer.status !== 201) throw new Error(`Not sent: ${JSON.stringify(answer.body)}`);
  return answer.body.data.message;
}
const failure = (status: number, message: string) => ({ status, body: { success: false, message } });
const invalid = (path: string) => ({
  status: 400,
  body: {
    success: false,
    message: 'Validation failed',
    errors: [{ type: 'field', value: expect.anything(), msg: expect.any(String), path, location: expect.any(String) }],
  },
});
const newChat = async (): Promise<string> => startDirect(app, (await clientOf('New')).person, ann.person);

describe('sending', () => {
  test('a text answers with the whole message, as its sender sees it', async () => {
    const answer = await send(ann, { ...text('Hello #world!'), replyTo: null, mentions: null, tempId: 't-1' });
    expect(answer).toMatchObject({ status: 201, body: { success: true, message: 'Message sent successfully' } });
    const { message, tempId } = answer.body.data;
    expect(tempId).toBe('t-1');
    expect(message).toEqual({
      ...{ _id: expect.any(String), id: message._id, messageId: message._id, chatId: chat },
      sender: { _id: ann.id, id: ann.id, displayName: 'Ann', profilePicture: {} },
      content: { type: 'text', text: 'Hello #world!' },
      ...{ media: [], location: null, contact: null, replyTo: null, forwardedFrom: null, mentions: [] },
      hashtags: ['world'],
      ...{ status: 'sent', deliveredTo: [], readBy: [], isRead: false, reactions: [] },
      ...{ isEdited: false, editedAt: null, isDeleted: false, deletedAt: null },
      ...{ priority: 'normal', isEncrypted: false, expiresAt: null },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: message.createdAt,
      tempId: 't-1',
      editHistory: [],
    });
    const seen = (await ben.get(`/messages/${message._id}`)).body.data.message;
    const { tempId: _, editHistory: __, ...shared } = message;
    expect(seen).toEqual(shared);
  });

  test.each([
    ['the older flat form', { content: 'Hi', type: 'text', clientMessageId: 'older' }, { type: 'text', text: 'Hi' }],
    ['a text in the root', { text: 'Hi' }, { type: 'text', text: 'Hi' }],
    [
      'keys of its own',
      { content: { text: 'Hi', colour: 'red', size: 3, deep: {} } },
      { text: 'Hi', colour: 'red', size: 3 },
    ],
    [
      'a picture by its address',
      { content: { type: 'image', url: 'https://example.org/a.jpg', text: 'Sunset' } },
      { type: 'image', text: 'Sunset', url: 'https://example.org/a.jpg' },
    ],
    [
      'a voice note',
      { content: { type: 'voice', mediaUrl: 'https://example.org/a.ogg', duration: 12 } },
      { type: 'audio', text: '', url: 'https://example.org/a.ogg' },
    ],
    ['a file', { content: { type: 'file', fileUrl: '/files/a.pdf' } }, { type: 'document' }],
    ['a gif', { content: { type: 'gif', media: { url: 'https://example.org/a.gif' } } }, { type: 'gif', text: '' }],
    [
      'a sticker known by its id',
      { content: { type: 'sticker', stickerId: 'cat-7' } },
      { type: 'sticker', stickerId: 'cat-7' },
    ],
    [
      'a video in the root',
      { content: { type: 'video' }, media: [{ url: 'https://example.org/a.mp4' }] },
      { type: 'video' },
    ],
  ])('takes %s', async (_what, body, content) => {
    const message = await sent(ann, body);
    expect(message.content).toMatchObject(content);
    expect((await ben.get(`/messages/${message._id}`)).body.data.message.content).toEqual(message.content);
  });

  test('shows media with all that is known of them', async () => {
    const item = { url: '/files/a.pdf', filename: 'a.pdf', size: 5, mimeType: 'application/pdf', thumbnail: '/a.png' };
    const { media } = await sent(ann, { content: { type: 'document', media: [item] } });
    expect(media).toEqual([
      {
        ...{ type: 'document', url: `${app.url}/files/a.pdf`, filename: 'a.pdf', size: 5, mimeType: 'application/pdf' },
        ...{ duration: null, thumbnail: `${app.url}/a.png`, publicId: null, uploadedAt: expect.any(String) },
      },
    ]);
  });

  test('shows files that are here under addresses that need no credentials', async () => {
    const file = await uploaded(app, ann.person, await picture(), { fileName: 'sun.png' });
    const { id } = (
      await rest(app, 'POST', `/conversations/${chat}/messages`, {
        token: ann.person.token,
        body: { kind: 'image', content: { media: [{ mediaId: file.id }] } },
      })
    ).body.message;
    const [first] = (await ben.get(`/messages/${id}`)).body.data.message.media;
    expect(first).toMatchObject({ type: 'image', filename: 'sun.png', mimeType: 'image/png', size: file.size });
    expect(first.url).toMatch(/\/chatapp\/uploads\/messages\/[\w-]+\.png$/);
    expect((await fetch(first.url)).status).toBe(200);
    // By its address the uploader can show it again.
    const again = await sent(ann, { content: { type: 'image', url: first.url, text: 'Again' } });
    expect(again.media[0]).toMatchObject({ url: first.url, size: file.size });
    expect(await send(ben, { content: { type: 'image', url: first.url } })).toMatchObject(
      failure(404, 'File not found'),
    );
  });

  test('stores a file that comes inside of the message', async () => {
    const data = (await picture({ colour: '#aa0000' })).toString('base64');
    const message = await sent(ann, {
      content: { type: 'image' },
      mediaData: { type: 'image', data, filename: 'red.png' },
    });
    expect(message).toMatchObject({
      content: { type: 'image' },
      media: [{ filename: 'red.png', mimeType: 'image/png' }],
    });
    expect((await fetch(message.media[0].url)).status).toBe(200);
    const page = Buffer.from('<html><script>alert(1)</script></html>').toString('base64');
    const refused = await send(ann, { content: { type: 'document' }, mediaData: { data: page, filename: 'a.html' } });
    expect(refused).toMatchObject(failure(400, 'Invalid file type'));
    for (const mediaData of [{ data: '' }, { data: 7 }, {}]) {
      expect(await send(ann, { content: { type: 'image' }, mediaData })).toMatchObject(invalid('mediaData'));
    }
  });

  test('takes places and contacts, in the root or in the content', async () => {
    const location = { latitude: -41.29, longitude: 174.78, address: '1 Street', name: 'Home' };
    for (const body of [
      { content: { type: 'location' }, location },
      { content: { type: 'location', location } },
      { content: { type: 'location', ...location } },
      { content: { type: 'location', lat: '-41.29', lng: 174.78, address: '1 Street', name: 'Home' } },
    ]) {
      expect(await sent(ann, body)).toMatchObject({ content: { type: 'location', text: '' }, location, contact: null });
    }
    const contact = { name: 'Cy', phoneNumber: '+1 555 0100', avatar: 'https://example.org/cy.png' };
    for (const body of [{ content: { type: 'contact' }, contact }, { content: { type: 'contact', ...contact } }]) {
      expect(await sent(ann, body)).toMatchObject({ content: { type: 'contact' }, contact, location: null });
    }
    expect((await sent(ann, { contact: { name: 'Di', phoneNumber: '1' } })).contact.avatar).toBeNull();
  });

  test.each([
    ['no chat', { chatId: null, ...text('Hi') }, invalid('chatId')],
    ['nothing', {}, failure(400, 'Content is required for text messages')],
    ['a blank text', text('  '), failure(400, 'Content is required for text messages')],
    ['too long a text', text('x'.repeat(4_001)), invalid('text')],
    ['an unknown type', { content: { type: 'poll', text: 'Hi' } }, invalid('type')],
    ['no media', { content: { type: 'image' } }, invalid('media')],
    ['a script for media', { content: { type: 'image', url: 'javascript:alert(1)' } }, invalid('media')],
    [
      'too many media',
      { content: { type: 'image' }, media: Array.from({ length: 6 }, () => ({ url: 'https://example.org/1' })) },
      invalid('media'),
    ],
    ['half a place', { content: { type: 'location', latitude: 1 } }, invalid('location')],
    [
      'a place beyond the pole',
      { content: { type: 'location' }, location: { latitude: 91, longitude: 0 } },
      invalid('latitude'),
    ],
    ['a contact without a number', { content: { type: 'contact', name: 'Cy' } }, invalid('phoneNumber')],
    ['too much of its own', { content: { text: 'Hi', a: 'x'.repeat(9_000) } }, invalid('content/custom')],
    ['an unknown chat', { chatId: 'nothing', ...text('Hi') }, failure(403, 'Access denied')],
  ])('refuses %s', async (_what, body, expected) => {
    const answer = await send(ann, body);
    expect(answer).toMatchObject(expected);
  });

  test('refuses those outside, those blocked, and members where only admins send', async () => {
    expect(await send(eve, text('Hi'))).toMatchObject(failure(403, 'Access denied'));
    const settings = { whoCanSend: 'admins' };
    await rest(app, 'PATCH', `/groups/${group}`, { token: ann.person.token, body: { settings } });
    const refused = await send(ben, { chatId: group, ...text('Hi') });
    expect(refused).toMatchObject(failure(403, 'Only admins can send messages in this group'));
    await rest(app, 'PATCH', `/groups/${group}`, {
      token: ann.person.token,
      body: { settings: { whoCanSend: 'all' } },
    });
    await setBlocked(app, ben.person, ann.person, true);
    expect(await send(ann, text('Hi'))).toMatchObject(failure(403, 'Access denied'));
    await setBlocked(app, ben.person, ann.person, false);
  });

  test('an answer says what it answers, and one to nothing is none', async () => {
    const first = await sent(ann, text('Question'));
    const reply = {
      messageId: first._id,
      content: 'Question',
      type: 'text',
      sender: { _id: ann.id, displayName: 'Ann' },
    };
    for (const replyTo of [first._id, { messageId: first._id }, { message: first._id }, { _id: first._id }]) {
      expect(await sent(ben, { ...text('Answer'), replyTo })).toMatchObject({ replyTo: reply });
    }
    const elsewhere = await sent(ann, { chatId: group, ...text('Elsewhere') });
    for (const replyTo of ['nothing', elsewhere._id, { messageId: null }, 7]) {
      expect(await sent(ben, { ...text('Answer'), replyTo })).toMatchObject({ replyTo: null });
    }
    const place = await sent(ann, { content: { type: 'location', latitude: 1, longitude: 2 } });
    const answer = await sent(ben, { ...text('Nice'), replyTo: place._id });
    expect(answer.replyTo).toMatchObject({ content: '[location]', type: 'location' });
    await ann.delete(`/messages/${place._id}`, { deleteForEveryone: true });
    const shown = (await ben.get(`/messages/${answer._id}`)).body.data.message;
    expect(shown.replyTo).toMatchObject({ messageId: place._id, content: '' });
  });

  test('names people by id, or with a place in the text', async () => {
    const mentions = [{ userId: ben.id, startIndex: 3, length: 4 }];
    expect(await sent(ann, { ...text('Hi @Ben!'), mentions })).toMatchObject({ mentions });
    expect(await sent(ann, { ...text('Hi @Ben!'), mentions: [ben.id] })).toMatchObject({ mentions });
    expect((await sent(ann, { ...text('Hi'), mentions: [ben.id] })).mentions).toMatchObject([{ userId: ben.id }]);
    // Whoever is not there any more is not named; the message goes all the same.
    const some = [{ userId: eve.id, startIndex: 0, length: 2 }, ...mentions];
    expect(await sent(ann, { ...text('Hi @Ben!'), mentions: some })).toMatchObject({ mentions });
  });

  test('again under the same tempId stores nothing new, for a day', async () => {
    const id = await newChat();
    const body = { chatId: id, ...text('Once'), tempId: 'same' };
    const first = await sent(ann, body);
    expect((await sent(ann, body))._id).toBe(first._id);
    expect(await sent(ann, { ...body, ...text('Other') })).toMatchObject({ _id: first._id, content: { text: 'Once' } });
    app.clock.advance(25 * 3_600_000);
    const later = await send(ann, body);
    expect(later.body.data).toMatchObject({ tempId: 'same', message: { content: { text: 'Once' } } });
    expect(later.body.data.message._id).not.toBe(first._id);
    expect((await ann.get(`/chats/${id}/messages`)).body.data).toHaveLength(2);
  });
});

describe('reading', () => {
  test('a chat is read newest first, by pages, as a list or inside of an object', async () => {
    const id = await newChat();
    for (let n = 1; n <= 5; n += 1) await sent(ann, { chatId: id, ...text(`${n}`) });
    const texts = (list: Json[]) => list.map(({ content }) => content.text);
    const page = async (query = '') => {
      const { body } = await ann.get(`/chats/${id}/messages${query}`);
      return [texts(body.data), body.pagination];
    };
    expect(await page()).toEqual([['5', '4', '3', '2', '1'], { currentPage: 1, limit: 50, hasMore: false }]);
    expect(await page('?page=2&limit=2')).toEqual([['3', '2'], { currentPage: 2, limit: 2, hasMore: true }]);
    expect(await page('?page=9&limit=2')).toEqual([[], { currentPage: 9, limit: 2, hasMore: false }]);
    expect(await page('?limit=1000&page=0')).toMatchObject([{ length: 5 }, { currentPage: 1, limit: 100 }]);
    expect((await page('?order=asc&limit=2'))[0]).toEqual(['1', '2']);
    const [, , third] = (await ann.get(`/chats/${id}/messages`)).body.data;
    expect((await page(`?before=${third._id}`))[0]).toEqual(['2', '1']);

    ann.userAgent = 'Browser';
    const { body } = await ann.get(`/chats/${id}/messages?limit=1`);
    expect(body).toMatchObject({ success: true, data: { pagination: { hasMore: true } } });
    expect(texts(body.data.messages)).toEqual(['5']);
    ann.userAgent = 'Dart/3.4 (dart:io)';
    for (const other of [id, 'nothing']) {
      expect(await eve.get(`/chats/${other}/messages`)).toMatchObject(failure(403, 'Access denied'));
    }
  });

  test('leaves out what the system wrote, and what was said before somebody came', async () => {
    await sent(ann, { chatId: group, ...text('Before') });
    await rest(app, 'PATCH', `/groups/${group}`, {
      token: ann.person.token,
      body: { settings: { historyForNewcomers: false } },
    });
    const late = await clientOf('Late');
    await addMembers(app, ann.person, group, [late.id]);
    await sent(ann, { chatId: group, ...text('After') });
    const { data } = (await late.get(`/chats/${group}/messages`)).body;
    expect(data.map((one: Json) => one.content.text)).toEqual(['After']);
  });

  test('one message is for members, and not for who has deleted it', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    expect(await ben.get(`/messages/${id}`)).toMatchObject({ status: 200, body: { data: { message: { _id: id } } } });
    expect(await eve.get(`/messages/${id}`)).toMatchObject(failure(403, 'Access denied'));
    expect(await ann.get('/messages/nothing')).toMatchObject(failure(404, 'Message not found'));
    await ben.delete(`/messages/${id}`);
    expect(await ben.get(`/messages/${id}`)).toMatchObject(failure(404, 'Message not found'));
    expect((await ann.get(`/messages/${id}`)).status).toBe(200);
  });

  test('a text is searched in one chat or in all', async () => {
    const id = await newChat();
    await sent(ann, { chatId: id, ...text('The quick zebra') });
    await sent(ann, { chatId: id, ...text('The slow zebra') });
    await sent(ann, text('A zebra elsewhere'));
    const found = async (path: string) => {
      const { status, body } = await ann.get(path);
      return [status, body.data?.messages.map((one: Json) => one.content.text), body.data?.chatId];
    };
    const both = ['The slow zebra', 'The quick zebra'];
    expect(await found(`/chats/${id}/messages/search?q=zebra`)).toEqual([200, both, id]);
    expect(await found(`/messages/search?q=zebra&chatId=${id}`)).toEqual([200, both, id]);
    expect(await found('/messages/search?q=ZEBRA')).toEqual([200, ['A zebra elsewhere', ...both], null]);
    expect(await found('/messages/search?q=zebra&limit=1')).toEqual([200, ['A zebra elsewhere'], null]);
    expect(await found('/messages/search?q=giraffe')).toEqual([200, [], null]);
    for (const q of ['', 'z', 'z'.repeat(101)])
      expect(await ann.get(`/messages/search?q=${q}`)).toMatchObject(invalid('q'));
    expect(await eve.get(`/chats/${id}/messages/search?q=zebra`)).toMatchObject(failure(403, 'Access denied'));
  });
});

describe('receipts', () => {
  test('are shown to all, with their time, and never go back', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    const seen = async (by: Client) => (await by.get(`/messages/${id}`)).body.data.message;
    expect(await seen(ann)).toMatchObject({ status: 'sent', deliveredTo: [], readBy: [], isRead: false });
    expect(await ann.post(`/messages/${id}/delivered`)).toMatchObject({ status: 200 });
    expect(await seen(ann)).toMatchObject({ status: 'sent' });
    expect(await ben.post(`/messages/${id}/delivered`)).toMatchObject({ status: 200, body: { success: true } });
    const at = expect.stringMatching(/Z$/);
    const deliveredTo = [{ userId: ben.id, deliveredAt: at }];
    expect(await seen(ann)).toMatchObject({ status: 'delivered', deliveredTo, readBy: [], isRead: false });
    expect(await ben.post(`/messages/${id}/read`)).toMatchObject({ status: 200, body: { success: true } });
    await ben.post(`/messages/${id}/delivered`);
    for (const by of [ann, ben]) {
      expect(await seen(by)).toMatchObject({ status: 'read', readBy: [{ userId: ben.id, readAt: at }], isRead: true });
    }
    for (const how of ['delivered', 'read']) {
      expect(await eve.post(`/messages/${id}/${how}`)).toMatchObject(failure(403, 'Access denied'));
      expect(await ann.post(`/messages/nothing/${how}`)).toMatchObject(failure(404, 'Message not found'));
    }
  });

  test('of who does not tell are shown to themself alone', async () => {
    const [shy, id] = [await clientOf('Shy'), { chat: '' }];
    id.chat = await startDirect(app, shy.person, ann.person);
    await rest(app, 'PATCH', '/me/privacy', { token: shy.person.token, body: { readReceipts: false } });
    const { _id } = await sent(ann, { chatId: id.chat, ...text('Hi') });
    await shy.post(`/messages/${_id}/read`);
    const seen = async (by: Client) => (await by.get(`/messages/${_id}`)).body.data.message;
    expect(await seen(ann)).toMatchObject({ status: 'delivered', readBy: [], isRead: false });
    expect(await seen(shy)).toMatchObject({ readBy: [{ userId: shy.id }], isRead: true });
  });
});

describe('editing', () => {
  test.each([
    ['newContent', { newContent: 'New' }],
    ['a text as content', { content: 'New' }],
    ['an object as content', { newContent: null, content: { text: 'New' } }],
    ['text', { text: 'New' }],
  ])('takes %s', async (_how, body) => {
    const { _id: id } = await sent(ann, text('Old'));
    const answer = await ann.put(`/messages/${id}`, body);
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Message edited successfully' } });
    expect(answer.body.data.message).toMatchObject({
      ...{ _id: id, content: { type: 'text', text: 'New' }, isEdited: true, editedAt: expect.any(String) },
      editHistory: [{ content: 'Old', editedAt: expect.any(String) }],
    });
    expect((await ben.get(`/messages/${id}`)).body.data.message.editHistory).toBeUndefined();
  });

  test('is refused to others, too late, and of what is gone', async () => {
    const { _id: id } = await sent(ann, text('Old'));
    const edit = (by: Client, messageId = id, newContent: unknown = 'New') =>
      by.put(`/messages/${messageId}`, { newContent });
    expect(await edit(ben)).toMatchObject(failure(403, 'Can only edit your own messages'));
    expect(await edit(eve)).toMatchObject(failure(403, 'Access denied'));
    expect(await edit(ann, 'nothing')).toMatchObject(failure(404, 'Message not found'));
    for (const wrong of [null, '', 'x'.repeat(4_001)])
      expect(await edit(ann, id, wrong)).toMatchObject(invalid('newContent'));
    const gone = await sent(ann, text('Gone'));
    await ann.delete(`/messages/${gone._id}`, { deleteForEveryone: true });
    expect(await edit(ann, gone._id)).toMatchObject(failure(400, 'Cannot edit deleted message'));
    app.clock.advance(15 * 60_000 + 1_000);
    expect(await edit(ann)).toMatchObject(failure(400, 'Message too old to edit'));
  });
});

describe('deleting', () => {
  const remove = (by: Client, id: string, body: unknown = { deleteForEveryone: true }, query = '') =>
    by.delete(`/messages/${id}${query}`, body);

  test('is for oneself, if nothing else is said', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    const done = { status: 200, body: { success: true, message: 'Message deleted for you' } };
    expect(await ben.delete(`/messages/${id}`)).toEqual(expect.objectContaining(done));
    expect(await remove(ben, id, { deleteFor: 'me' })).toMatchObject(done);
    expect((await ann.get(`/messages/${id}`)).status).toBe(200);
    expect(await eve.delete(`/messages/${id}`)).toMatchObject(failure(403, 'Access denied'));
    expect(await ann.delete('/messages/nothing')).toMatchObject(failure(404, 'Message not found'));
  });

  test.each([
    ['a flag', { deleteForEveryone: true }, ''],
    ['a word', { deleteFor: 'everyone' }, ''],
    ['the query', undefined, '?deleteForEveryone=true'],
    ['a word in the query', undefined, '?deleteFor=everyone'],
  ])('for everyone is asked for by %s', async (_how, body, query) => {
    const { _id: id } = await sent(ann, text('Hi'));
    const answer = await ann.delete(`/messages/${id}${query}`, body);
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Message deleted for everyone' } });
    expect(await ben.get(`/messages/${id}`)).toMatchObject(failure(404, 'Message not found'));
    expect(await remove(ann, id)).toMatchObject(failure(400, 'Message is already deleted'));
  });

  test('for everyone is refused to others and too late, but not to admins', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    expect(await remove(ben, id)).toMatchObject(failure(403, 'Unauthorized to delete for everyone'));
    const { _id: inGroup } = await sent(ben, { chatId: group, ...text('Hi') });
    app.clock.advance(3_601_000);
    expect(await remove(ann, id)).toMatchObject(failure(400, 'Message too old to delete for everyone'));
    expect(await remove(ben, inGroup)).toMatchObject(failure(400, 'Message too old to delete for everyone'));
    expect(await remove(ann, inGroup)).toMatchObject({ status: 200 });
    expect(await remove(ann, id, { deleteFor: 'nobody' })).toMatchObject(invalid('deleteFor'));
    await setRole(app, ann.person, group, ben.id, 'admin');
    const { _id: owners } = await sent(ann, { chatId: group, ...text('Hi') });
    expect(await remove(ben, owners)).toMatchObject({ status: 200 });
  });
});

describe('reactions', () => {
  test('are one a person; the last one stays', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    const react = (by: Client, emoji: unknown, messageId = id) => by.post(`/messages/${messageId}/react`, { emoji });
    await react(ben, '👍');
    const answer = await react(ben, '❤️');
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Reaction added successfully' } });
    const reactions = [{ userId: ben.id, emoji: '❤️', reactedAt: expect.any(String) }];
    expect(answer.body.data).toEqual({ reactions });
    expect((await ann.get(`/messages/${id}`)).body.data.message.reactions).toEqual(reactions);
    for (const wrong of [null, '', 'x'.repeat(17), 'no emoji'])
      expect(await react(ben, wrong)).toMatchObject(invalid('emoji'));
    expect(await react(eve, '👍')).toMatchObject(failure(403, 'Access denied'));
    expect(await react(ann, '👍', 'nothing')).toMatchObject(failure(404, 'Message not found'));
    const removed = { status: 200, body: { success: true, message: 'Reaction removed successfully' } };
    for (let i = 0; i < 2; i += 1) expect(await ben.delete(`/messages/${id}/react`)).toMatchObject(removed);
    expect((await ann.get(`/messages/${id}`)).body.data.message.reactions).toEqual([]);
    await ann.delete(`/messages/${id}`, { deleteForEveryone: true });
    expect(await react(ben, '👍')).toMatchObject(failure(404, 'Message not found'));
  });
});

describe('forwarding', () => {
  test('tells what became of it in each chat, and where it is from', async () => {
    const { _id: id } = await sent(ben, { content: { type: 'image', url: 'https://example.org/a.jpg', text: 'Look' } });
    const foreign = await startDirect(app, ben.person, eve.person);
    const answer = await ann.post(`/messages/${id}/forward`, { chatIds: [group, foreign, 'nothing', group] });
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Message forwarded to 1 chats' } });
    const { forwardedMessages, errors } = answer.body.data;
    expect(forwardedMessages).toEqual([{ chatId: group, messageId: expect.any(String) }]);
    expect(errors).toEqual(
      [foreign, 'nothing'].map((chatId) => ({ chatId, error: 'Not authorized to send to this chat' })),
    );
    const copy = (await ben.get(`/messages/${forwardedMessages[0].messageId}`)).body.data.message;
    expect(copy).toMatchObject({
      ...{ chatId: group, sender: { _id: ann.id }, content: { type: 'image', text: 'Look' } },
      forwardedFrom: { originalSender: ben.id, originalChatId: chat, forwardedAt: copy.createdAt },
    });
  });

  test('is refused to those outside, of what is not there, and to nowhere', async () => {
    const { _id: id } = await sent(ann, text('Hi'));
    const forward = (by: Client, messageId: string, body: object = { targetChatIds: [group] }) =>
      by.post(`/messages/${messageId}/forward`, body);
    expect(await forward(ann, id)).toMatchObject({ status: 200 });
    expect(await forward(eve, id)).toMatchObject(failure(403, 'Access denied'));
    expect(await forward(ann, 'nothing')).toMatchObject(failure(404, 'Message not found'));
    const many = Array.from({ length: 21 }, (_, n) => `${n}`);
    for (const chatIds of [null, [], 'x', many])
      expect(await forward(ann, id, { chatIds })).toMatchObject(invalid('chatIds'));
    await ann.delete(`/messages/${id}`, { deleteForEveryone: true });
    expect(await forward(ann, id)).toMatchObject(failure(404, 'Message not found'));
  });
});

test('a message that vanishes says when, and is gone then', async () => {
  const id = await newChat();
  await rest(app, 'PUT', `/conversations/${id}/disappearing`, { token: ann.person.token, body: { seconds: 3_600 } });
  const { _id, expiresAt, createdAt } = await sent(ann, { chatId: id, ...text('Soon gone') });
  expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(3_600_000);
  app.clock.advance(3_600_001);
  expect(await ann.get(`/messages/${_id}`)).toMatchObject(failure(404, 'Message not found'));
  expect((await ann.get(`/chats/${id}/messages`)).body.data).toEqual([]);
});

test.each([
  ['GET', '/chats/x/messages'],
  ['GET', '/chats/x/messages/search?q=hello'],
  ['GET', '/messages/search?q=hello'],
  ['POST', '/messages'],
  ['GET', '/messages/x'],
  ['PUT', '/messages/x'],
  ['DELETE', '/messages/x'],
  ['POST', '/messages/x/react'],
  ['DELETE', '/messages/x/react'],
  ['POST', '/messages/x/forward'],
  ['POST', '/messages/x/delivered'],
  ['POST', '/messages/x/read'],
])('%s %s is for who has a token', async (method, path) => {
  const stranger = new ChatappClient(app);
  const answer = await stranger.request(method, path);
  expect(answer).toMatchObject(failure(401, 'No token provided, authorization denied'));
  stranger.token = 'wrong';
  expect(await stranger.request(method, path)).toMatchObject(failure(401, 'Token is not valid'));
});
