import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { plantGroup } from '../harness/plant-group.ts';
import { Replica } from '../harness/replica.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  [ann, bob] = [await signIn(app), await signIn(app)];
});
afterAll(() => app.close());

const call = (method: string, path: string, person = ann, body?: object) =>
  rest(app, method, path, { token: person.token, ...(body && { body }) });
const send = async (from: TestPerson, id: string, text = 'Hi') =>
  (await call('POST', `/conversations/${id}/messages`, from, { text })).body.message;
const get = async (id: string, person = ann) => (await call('GET', `/conversations/${id}`, person)).body;
const history = async (id: string, person = ann) =>
  (await call('GET', `/conversations/${id}/messages?limit=100`, person)).body.items;
const listed = async (person = ann) =>
  (await call('GET', '/conversations', person)).body.items.map((item: { id: string }) => item.id);
const unread = async (person = ann) => (await call('GET', '/unread', person)).body;
const clear = (id: string, person = ann) => call('PUT', `/conversations/${id}/cleared`, person);
const remove = (id: string, person = ann) => call('DELETE', `/conversations/${id}`, person);
const nothingUnread = { messages: 0, conversations: 0, mutedMessages: 0, mutedConversations: 0 };

async function chat(kind: string): Promise<string> {
  const id = kind === 'direct' ? await startDirect(app, ann, bob) : await plantGroup(app, [bob, ann]);
  for (let i = 1; i <= 3; i += 1) await send(bob, id, `Message ${i}`);
  await send(ann, id, 'Mine');
  return id;
}

describe.each(['direct', 'group'])('in a %s conversation', (kind) => {
  test('clearing empties it for me, on all my devices, and for nobody else', async () => {
    const id = await chat(kind);
    const other = await connect(app, bob.token);
    const before = [await get(id, bob), await history(id, bob)];
    await call('PATCH', `/conversations/${id}/me`, ann, { markedUnread: true });
    const answer = await expectInSync(app, [ann, ann, bob], () => clear(id));
    expect(answer).toMatchObject({
      status: 200,
      body: { unread: 0, lastMessage: null, me: { historyFrom: 4, read: 0, markedUnread: false, version: 2 } },
    });
    expect(await history(id)).toEqual([]);
    expect(await get(id)).toMatchObject({ lastSeq: 4, lastMessage: null, unread: 0 });
    expect(await unread()).toEqual(nothingUnread);
    expect(await listed()).toEqual([id]);

    await other.settled();
    expect(other.events).toEqual([]);
    expect([await get(id, bob), await history(id, bob)]).toEqual(before);
    other.close();

    expect((await expectInSync(app, [ann, bob], () => clear(id))).body).toEqual(answer.body);
    await expectInSync(app, [ann, ann, bob], () => send(bob, id, 'Later'));
    expect((await history(id)).map(({ text }: { text: string }) => text)).toEqual(['Later']);
    expect(await unread()).toMatchObject({ messages: 1, conversations: 1 });
  });

  test('what was cleared is not there any more: not by its id, for an answer, a star or hiding', async () => {
    const id = await chat(kind);
    const [message] = await history(id);
    await clear(id);
    const path = `/conversations/${id}/messages`;
    for (const answer of [
      await call('GET', `${path}/${message.id}`),
      await call('POST', path, ann, { text: 'Re', replyTo: message.id }),
      await call('PUT', `${path}/${message.id}/star`),
      await call('POST', `${path}/hidden`, ann, { messageIds: [message.id] }),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'message_not_found' } } });
    }
    for (const range of ['before=4', 'after=0', 'around=2']) {
      expect((await call('GET', `${path}?${range}`)).body.items).toEqual([]);
    }
  });

  test('clearing takes stars and hidden messages with it, and later ones can be hidden again', async () => {
    const id = await chat(kind);
    const messages = await history(id);
    const path = `/conversations/${id}/messages`;
    await call('PUT', `${path}/${messages[0].id}/star`);
    await call('POST', `${path}/hidden`, ann, { messageIds: [messages[1].id] });
    await expectInSync(app, [ann, ann, bob], () => clear(id));
    expect((await call('GET', '/starred')).body.items).toEqual([]);
    const later = [await send(bob, id), await send(bob, id)];
    await expectInSync(app, [ann, ann, bob], () => call('POST', `${path}/hidden`, ann, { messageIds: [later[1].id] }));
    expect(await unread()).toMatchObject({ messages: 1 });
    expect((await get(id)).lastMessage.id).toBe(later[0].id);
  });

  test('deleting removes it for me until something is said, and for nobody else', async () => {
    const id = await chat(kind);
    await call('PATCH', `/conversations/${id}/me`, ann, { pinned: true, archived: true, markedUnread: true });
    const other = await connect(app, bob.token);
    const held = new Replica(ann.id);
    await held.sync(async (body) => (await call('POST', '/sync', ann, body)).body);
    const before = [await get(id, bob), await history(id, bob)];

    expect((await expectInSync(app, [ann, ann, bob], () => remove(id))).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect(await unread()).toEqual(nothingUnread);
    const synced = (await call('POST', '/sync', ann, { known: held.known() })).body;
    expect(synced).toEqual({ changes: [], removed: [id], more: false });
    expect((await expectInSync(app, [ann, ann], () => remove(id))).status).toBe(204);

    await other.settled();
    expect(other.events).toEqual([]);
    expect([await get(id, bob), await history(id, bob)]).toEqual(before);
    other.close();

    // What the other does with what is gone for me brings nothing back.
    await expectInSync(app, [ann, bob], () => call('PUT', `/conversations/${id}/receipt`, bob, { read: 4 }));
    expect(await listed()).toEqual([]);
    await expectInSync(app, [ann, ann, bob], () => send(bob, id, 'Hello again'));
    expect(await listed()).toEqual([id]);
    expect((await history(id)).map(({ text }: { text: string }) => text)).toEqual(['Hello again']);
    expect(await get(id)).toMatchObject({ unread: 1, me: { pinnedAt: null, archived: false, markedUnread: false } });
  });

  test('a device that holds it live drops it, and has it again with the next message', async () => {
    const id = await chat(kind);
    const device = await connect(app, ann.token, { sync: false });
    const replica = new Replica(ann.id);
    await replica.syncOver(device);
    await remove(id);
    await device.settled();
    expect(replica.view()).toEqual([]);
    await send(bob, id, 'Hello again');
    await device.settled();
    await replica.catchUpOver(device);
    expect(replica.view()).toMatchObject([{ id, unread: 1, lastMessage: { text: 'Hello again' } }]);
    expect(replica.held.get(id)?.messages).toHaveLength(1);
    device.close();
  });

  test('a message that is sent while I delete it is either gone or shows it again', async () => {
    const id = await chat(kind);
    for (let round = 0; round < 5; round += 1) {
      await expectInSync(app, [ann, ann, bob], () => Promise.all([remove(id), send(bob, id, `Round ${round}`)]));
      const messages = await history(id);
      expect(await listed()).toEqual(messages.length > 0 ? [id] : []);
    }
  });
});

test('starting a direct conversation that I have deleted shows it again, still empty', async () => {
  const id = await chat('direct');
  await remove(id);
  const answer = await expectInSync(app, [ann, ann, bob], () =>
    call('POST', '/conversations/direct', ann, { personId: bob.id }),
  );
  expect(answer).toMatchObject({ status: 200, body: { created: false, conversation: { id, lastMessage: null } } });
  expect(await listed()).toEqual([id]);
  expect(await history(id)).toEqual([]);
  const again = await expectInSync(app, [ann, bob], () =>
    call('POST', '/conversations/direct', ann, { personId: bob.id }),
  );
  expect(again.body.conversation.me.version).toBe(answer.body.conversation.me.version);
});

test('the other who starts it does not show it to me', async () => {
  const id = await chat('direct');
  await remove(id);
  await expectInSync(app, [ann, bob], () => call('POST', '/conversations/direct', bob, { personId: ann.id }));
  expect(await listed()).toEqual([]);
  await expectInSync(app, [ann, bob], () => send(ann, id, 'I speak first'));
  expect(await listed()).toEqual([id]);
});

test('an empty conversation can be deleted, and comes back with its first message', async () => {
  const id = await startDirect(app, ann, bob);
  await expectInSync(app, [ann, ann, bob], () => remove(id));
  expect([await listed(), await listed(bob)]).toEqual([[], [id]]);
  await expectInSync(app, [ann, ann, bob], () => send(bob, id));
  expect(await listed()).toEqual([id]);
});
