import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConvospaceClient, ConvospaceSocket, good, refusal } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

/** The walk of the contract, with two people who use the web client: it is odd on purpose, as that is. */

let app: TestApp;
let [ann, bob]: [ConvospaceClient, ConvospaceClient] = [] as never;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob] = [new ConvospaceClient(app), new ConvospaceClient(app)];
});
afterAll(async () => {
  ann.close();
  bob.close();
  await app.close();
});

/** Development mode reads everything twice. */
async function twice(client: ConvospaceClient, path: string) {
  const [first, second] = await Promise.all([client.read(path), client.read(path)]);
  expect(second).toEqual(first);
  return first;
}

/** A page with a chat opens three sockets with one token. */
const openPage = (client: ConvospaceClient): Promise<ConvospaceSocket[]> =>
  Promise.all([client.connect({ transports: ['polling', 'websocket'] }), client.connect(), client.connect()]);

/** What all sockets of a page have put into its one store. */
const bubbles = (page: readonly ConvospaceSocket[]) => page.flatMap((socket) => socket.all('message:receive'));

/** Waits for an event at whichever socket of a page gets it. */
const onPage = (page: readonly ConvospaceSocket[], name: string, fits?: (data: { message_id: number }) => boolean) =>
  Promise.any(page.map((socket) => socket.next(name, fits)));

/** Everything that was on its way to a page is there. */
async function settled(client: ConvospaceClient, page: readonly ConvospaceSocket[], conversation: number) {
  await client.get('/user/profile');
  for (const socket of page) expect(await socket.ask('typing:stop', { conversation_id: conversation })).toBeDefined();
}

let annsPage: ConvospaceSocket[] = [];
let bobsPage: ConvospaceSocket[] = [];
let conversation = 0;

test('1. both register by a code from the console and the form that asks for a name', async () => {
  const sent = good(await ann.post('/auth/send-otp', { phone_number: '5550104477', otp_type: 'login' }));
  expect(sent.data).toMatchObject({ phone_number: '5550104477', user_exists: false, requires_registration: true });
  expect(Date.parse(sent.data.expires_at)).toBeGreaterThan(app.clock.now());
  await ann.signIn('5550104477', { full_name: 'Ann Holt', username: 'ann' });
  await bob.signIn('5550104478', { full_name: 'Bob Brandt', username: 'bob' });
  expect([ann.id, bob.id]).toEqual([1, 2]);
  const again = good(await ann.post('/auth/send-otp', { phone_number: '5550104477', otp_type: 'login' }));
  expect(again.data).toMatchObject({ user_exists: true, requires_registration: false });
});

test('2. the chat screen connects and lists nothing; who comes later is seen to come', async () => {
  annsPage = [await ann.connect()];
  expect(await twice(ann, '/conversations')).toEqual([]);
  bobsPage = [await bob.connect()];
  expect(await onPage(annsPage, 'user:online')).toEqual({ userId: bob.id, user_id: bob.id });
});

test('3. somebody is found in the directory and added to the contacts', async () => {
  expect(await twice(ann, '/contacts')).toEqual([]);
  const { users, pagination } = await twice(ann, '/users');
  expect(users.map((user: { id: number }) => user.id)).toEqual([bob.id, ann.id]);
  expect(pagination).toEqual({ total: 2, limit: 50, offset: 0, hasMore: false });
  const added = await ann.post('/contacts', { contact_user_id: bob.id, contact_name: 'Bobby' });
  expect(added.status).toBe(201);
  const [contact] = await twice(ann, '/contacts');
  expect(contact).toEqual(good(added).data);
  expect(contact).toMatchObject({ id: 1, contact_id: 1, user_id: ann.id, contact_user_id: bob.id, is_blocked: false });
  expect(contact.contact).toMatchObject({ id: bob.id, full_name: 'Bob Brandt', is_online: true, status: 'online' });
});

test('4. the chat opens with three sockets; nobody sees them go offline and online between the pages', async () => {
  conversation = (await ann.talkTo(bob)).id;
  expect(conversation).toBe(1);
  expect((await bob.talkTo(ann)).id).toBe(conversation);
  await twice(ann, '/conversations');
  for (const socket of annsPage) socket.close();
  annsPage = await openPage(ann);
  expect(await twice(ann, `/messages/${conversation}?limit=50`)).toEqual([]);
  await settled(bob, bobsPage, conversation);
  expect(bobsPage[0]?.untaken('user:offline')).toEqual([]);
  expect(bobsPage[0]?.untaken('user:online')).toEqual([]);
});

test('5. the other one lists the conversation under the first one’s name, with nothing unread', async () => {
  const [listed] = await twice(bob, '/conversations');
  expect(listed).toMatchObject({ id: conversation, user_one_id: ann.id, user_two_id: bob.id, lastMessage: null });
  expect(listed.userOne).toMatchObject({ id: ann.id, full_name: 'Ann Holt' });
  expect(listed.participants).toMatchObject([{ user_id: bob.id, unread_count: 0 }]);
});

test('6. a message is confirmed, arrives once, and is told to have arrived', async () => {
  const [typing] = annsPage as [ConvospaceSocket];
  const place = { conversation_id: conversation, receiver_id: bob.id };
  typing.emit('typing:start', place);
  expect(await onPage(bobsPage, 'typing:start')).toEqual({ conversation_id: conversation, user_id: ann.id });
  typing.emit('typing:stop', place);
  typing.emit('message:send', { ...place, message_text: ' <b>Lunch?</b> ' });
  const sent = await typing.next('message:sent');
  expect(sent).toMatchObject({
    id: 1,
    message_id: 1,
    conversation_id: conversation,
    sender_id: ann.id,
    receiver_id: bob.id,
    message_text: ' <b>Lunch?</b> ',
    message_type: 'text',
    statuses: [{ status: 'sent', user_id: bob.id, delivered_at: null, read_at: null }],
    sender: { full_name: 'Ann Holt' },
    receiver: { full_name: 'Bob Brandt' },
  });
  const got = await onPage(bobsPage, 'message:receive');
  expect(got).toEqual(sent);
  expect(bobsPage[0]?.received.map(({ name }) => name).filter((name) => name !== 'user:online')).toEqual([
    'typing:start',
    'typing:stop',
    'message:receive',
    'notification:new',
  ]);
  const delivered = await onPage(annsPage, 'message:delivered');
  expect(delivered).toEqual({ message_id: 1, delivered_at: expect.any(String) });
  const order = typing.received.map(({ name }) => name).filter((name) => name.startsWith('message:'));
  const elsewhere = annsPage.slice(1).flatMap((socket) => socket.all('message:sent'));
  expect([order[0], elsewhere]).toEqual(['message:sent', []]);
  const row = good(await ann.put('/messages/1/status', { status: 'delivered' })).data;
  expect(row).toMatchObject({ message_id: 1, user_id: bob.id, status: 'delivered' });
  expect((await twice(bob, '/conversations'))[0].participants[0].unread_count).toBe(1);
});

test('7. opening the chat reads it, and the sender learns of it', async () => {
  for (const socket of bobsPage) socket.close();
  bobsPage = await openPage(bob);
  const [message] = await twice(bob, `/messages/${conversation}?limit=50`);
  expect(message.status[0].status).toBe('delivered');
  good(await bob.post(`/messages/${conversation}/mark-read`));
  expect(await onPage(annsPage, 'message:read')).toEqual({
    message_id: 1,
    read_by: bob.id,
    read_at: expect.any(String),
  });
  const row = good(await ann.put('/messages/1/status', { status: 'read' })).data;
  expect(row).toMatchObject({ message_id: 1, status: 'read' });
  expect((await twice(bob, '/conversations'))[0].participants[0].unread_count).toBe(0);
});

test('8. the answer arrives as one bubble on three sockets; repeated receipts tell nothing twice', async () => {
  const [typing] = bobsPage as [ConvospaceSocket];
  const place = { conversation_id: conversation, receiver_id: ann.id };
  typing.emit('typing:start', place);
  await onPage(annsPage, 'typing:start');
  typing.emit('typing:stop', place);
  typing.emit('message:send', { ...place, message_text: 'At one.' });
  const { id } = await onPage(annsPage, 'message:receive');
  for (let repeat = 0; repeat < 3; repeat += 1) {
    annsPage[0]?.emit('message:read', { message_id: id, conversation_id: conversation });
    good(await ann.post(`/messages/${conversation}/mark-read`));
  }
  await onPage(bobsPage, 'message:read', ({ message_id }) => message_id === id);
  await settled(ann, annsPage, conversation);
  await settled(bob, bobsPage, conversation);
  expect(bubbles(annsPage).map((message) => message.id)).toEqual([id]);
  const told = bobsPage.flatMap((socket) => socket.all('message:read'));
  expect(told.filter((receipt) => receipt.message_id === id)).toHaveLength(1);
});

test('9. a long history is read page by page, whole and without repetitions', async () => {
  for (let i = 3; i <= 120; i += 1) await (i % 3 ? ann : bob).say(conversation, i % 3 ? bob : ann, `Number ${i}`);
  const pages = [
    await twice(ann, `/messages/${conversation}?limit=50`),
    await twice(ann, `/messages/${conversation}?limit=50&offset=50`),
    await twice(ann, `/messages/${conversation}?limit=50&offset=100`),
  ];
  expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
  const shown = pages.map((page) => [...page].reverse()).reverse();
  expect(shown.flat().map((message) => message.id)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  const asPage = await ann.read(`/messages/${conversation}`);
  expect(asPage.map((message: { id: number }) => message.id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 71));
});

test('10. of a bad token clients renew several at once with one refresh token', async () => {
  const earlier = ann.token;
  ann.token = 'bad';
  expect(await ann.get('/conversations')).toMatchObject(refusal(401, 'Invalid token'));
  const renewed = await Promise.all(
    Array.from({ length: 4 }, () => ann.post('/auth/refresh', { refresh_token: ann.refreshToken })),
  );
  expect(renewed.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const pairs = new Set(renewed.map(({ body }) => JSON.stringify(body.data)));
  expect(pairs.size).toBe(1);
  const { token, refresh_token } = renewed[0]?.body.data ?? {};
  [ann.token, ann.refreshToken] = [token, refresh_token];
  await twice(ann, '/conversations');
  const socket = await ann.connect({ token: earlier });
  expect(socket.socket.connected).toBe(true);
  socket.close();
});

test('11. while the sockets are away, messages go over REST; nothing is repeated when they are back', async () => {
  await app.restart();
  for (const socket of [...annsPage, ...bobsPage]) socket.close();
  bobsPage = await openPage(bob);
  const said = await ann.say(conversation, bob, 'Still here?');
  expect(await onPage(bobsPage, 'message:receive')).toMatchObject({ id: said.id, message_text: 'Still here?' });
  expect(said.id).toBe(121);
  annsPage = await openPage(ann);
  await settled(ann, annsPage, conversation);
  await settled(bob, bobsPage, conversation);
  expect(bubbles(annsPage)).toEqual([]);
  expect(bubbles(bobsPage)).toHaveLength(1);
  const [last] = await twice(ann, `/messages/${conversation}?limit=50`);
  expect(last).toMatchObject({ id: 121, sender_id: ann.id, status: [{ status: 'delivered' }] });
});

test('12. signing out closes the sockets, is seen at once, and ends the token', async () => {
  const closed = Promise.all(
    annsPage.map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve))),
  );
  for (const socket of bobsPage) socket.received.length = 0;
  const begun = performance.now();
  good(await ann.post('/auth/logout'));
  expect(await onPage(bobsPage, 'user:offline')).toMatchObject({ userId: ann.id, user_id: ann.id });
  expect(performance.now() - begun).toBeLessThan(900);
  expect(await closed).toEqual(annsPage.map(() => 'io server disconnect'));
  expect(await ann.get('/conversations')).toMatchObject(refusal(401, 'Invalid or expired session'));
  await expect(refused(ann, ann.token)).resolves.toBe('Authentication error: Invalid token');
  await expect(refused(ann, '')).resolves.toBe('Authentication error: No token provided');
});

/** What a socket is refused with. */
async function refused(client: ConvospaceClient, token: string | null): Promise<string> {
  const socket = new ConvospaceSocket(client.app.url, { token });
  try {
    return await new Promise((resolve) => socket.socket.once('connect_error', ({ message }) => resolve(message)));
  } finally {
    socket.close();
  }
}
