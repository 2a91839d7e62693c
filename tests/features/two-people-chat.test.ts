import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeFor, connect, newPhone, rest } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('two people sign in, find each other, chat with typing and ticks, and sign out', async () => {
  const [annPhone, bobPhone] = [newPhone(), newPhone()];
  const signIn = async (phone: string, name: string) => {
    const asked = await rest(app, 'POST', '/codes', { body: { phone } });
    expect(asked.status).toBe(202);
    expect(asked.body.phone).toBe(phone);
    expect(JSON.stringify(asked.body)).not.toContain(codeFor(app, phone));
    const signedIn = await rest(app, 'POST', '/sessions/by-code', { body: { phone, code: codeFor(app, phone), name } });
    expect(signedIn.status).toBe(201);
    expect(signedIn.body.isNew).toBe(true);
    return signedIn.body;
  };
  const ann = await signIn(annPhone, 'Ann Archer');
  const bob = await signIn(bobPhone, 'Bob Baker');
  const annDevice = await connect(app, ann.tokens.accessToken);
  const bobDevice = await connect(app, bob.tokens.accessToken, { transports: ['polling'] });

  // Ann finds Bob by part of his name, and a third client finds him by his number.
  const byName = await annDevice.command('people.search', { q: 'bak' });
  expect(byName.items).toMatchObject([{ id: bob.profile.id, name: 'Bob Baker' }]);
  const byPhone = await rest(app, 'GET', `/people?q=${encodeURIComponent(bobPhone)}`, {
    token: ann.tokens.accessToken,
  });
  expect(byPhone.body.items).toMatchObject([{ id: bob.profile.id }]);
  expect(JSON.stringify(byPhone.body)).not.toContain(bobPhone);

  const { conversation } = await annDevice.command('conversations.startDirect', { personId: bob.profile.id });
  expect((await bobDevice.next('conversation.joined')).conversation).toEqual(conversation);

  const { items } = await bobDevice.command('presence.watch', { people: ann.profile.id });
  expect(items).toMatchObject([{ personId: ann.profile.id, online: true }]);

  await annDevice.command('typing.set', { conversationId: conversation.id, typing: true });
  expect(await bobDevice.next('typing.changed')).toEqual({
    conversationId: conversation.id,
    personId: ann.profile.id,
    typing: true,
  });

  const sent = await annDevice.command('messages.send', {
    conversationId: conversation.id,
    text: 'Lunch?',
    clientId: 'a1',
  });
  expect(sent).toMatchObject({ duplicate: false, message: { seq: 1, text: 'Lunch?', senderId: ann.profile.id } });
  expect((await bobDevice.next('message.created')).message).toEqual(sent.message);

  const list = await rest(app, 'GET', '/conversations', { token: bob.tokens.accessToken });
  expect(list.body.items).toMatchObject([{ id: conversation.id, unread: 1, lastMessage: { text: 'Lunch?' } }]);

  await bobDevice.command('receipts.mark', { conversationId: conversation.id, delivered: 1 });
  expect(await annDevice.next('receipt.updated')).toMatchObject({ personId: bob.profile.id, read: 0, delivered: 1 });
  await rest(app, 'PUT', `/conversations/${conversation.id}/receipt`, {
    token: bob.tokens.accessToken,
    body: { read: 1 },
  });
  expect(await annDevice.next('receipt.updated')).toMatchObject({ personId: bob.profile.id, read: 1, delivered: 1 });
  expect((await rest(app, 'GET', '/unread', { token: bob.tokens.accessToken })).body).toMatchObject({
    messages: 0,
    conversations: 0,
  });

  const answer = await rest(app, 'POST', `/conversations/${conversation.id}/messages`, {
    token: bob.tokens.accessToken,
    body: { text: 'At one.' },
  });
  expect(answer.status).toBe(201);
  expect((await annDevice.next('message.created')).message).toMatchObject({ seq: 2, text: 'At one.' });
  const history = await annDevice.command('messages.list', { conversationId: conversation.id });
  expect(history.items.map((message: { text: string }) => message.text)).toEqual(['Lunch?', 'At one.']);

  // Ann signs out: her socket is closed, her token is dead, and Bob sees her leave.
  const closed = new Promise((resolve) => annDevice.socket.once('disconnect', resolve));
  const out = await rest(app, 'DELETE', '/sessions/current', { token: ann.tokens.accessToken });
  expect(out.status).toBe(204);
  expect(await closed).toBe('io server disconnect');
  expect(await bobDevice.next('presence.changed')).toMatchObject({ personId: ann.profile.id, online: false });
  const refused = await rest(app, 'GET', '/me', { token: ann.tokens.accessToken });
  expect(refused).toMatchObject({ status: 401, body: { error: { code: 'session_revoked' } } });
  bobDevice.close();
});
