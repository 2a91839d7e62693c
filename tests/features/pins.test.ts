import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { addMember, makeGroup } from '../harness/groups.ts';
import { codeOf, look, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let admin: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob, admin] = [await signIn(app), await signIn(app), await signIn(app)];
});
afterAll(() => app.close());

const pin = (message: WireMessage, as: TestPerson) => rest(app, 'PUT', pathOf(message, '/pin'), { token: as.token });
const unpin = (message: WireMessage, as: TestPerson) =>
  rest(app, 'DELETE', pathOf(message, '/pin'), { token: as.token });
const pinned = async (id: string, as: TestPerson): Promise<string[]> =>
  (await rest(app, 'GET', `/conversations/${id}/pins`, { token: as.token })).body.items.map(
    ({ text }: { text: string }) => text,
  );

describe('pinned messages', () => {
  test('are shown to all, the last pinned first', async () => {
    const id = await startDirect(app, ann, bob);
    const [one, two] = [await say(app, ann, id, 'One'), await say(app, ann, id, 'Two')];
    const answer = await expectInSync(app, [ann, ann, bob], () => pin(two, bob));
    expect(answer).toMatchObject({ status: 200, body: { text: 'Two', pinnedAt: expect.any(String) } });
    expect(await look(app, ann, two)).toEqual(answer.body);
    app.clock.advance(1_000);
    await expectInSync(app, [ann, bob], () => pin(one, ann));
    expect(await pinned(id, ann)).toEqual(['One', 'Two']);
    const again = await expectInSync(app, [ann, bob], () => pin(two, ann));
    expect(again.body).toEqual(answer.body);
    const gone = await expectInSync(app, [ann, bob], () => unpin(two, ann));
    expect(gone.body).not.toHaveProperty('pinnedAt');
    expect((await expectInSync(app, [ann, bob], () => unpin(two, bob))).body).toEqual(gone.body);
    expect(await pinned(id, bob)).toEqual(['One']);
  });

  test('of a group are for those who may edit it', async () => {
    const strict = await makeGroup(app, admin, [ann, bob], { admins: [bob] });
    const message = await say(app, ann, strict, 'Rules');
    expect(codeOf(await pin(message, ann))).toBe('not_permitted');
    await expectInSync(app, [ann, bob, bob, admin], () => pin(message, bob));
    expect(codeOf(await unpin(message, ann))).toBe('not_permitted');
    expect(await pinned(strict, ann)).toEqual(['Rules']);
    expect((await unpin(message, admin)).status).toBe(200);
    const free = await makeGroup(app, admin, [ann, bob], { whoCanEdit: 'all' });
    expect((await pin(await say(app, ann, free, 'Anything'), bob)).status).toBe(200);
  });

  test('are nothing to strangers, and to newcomers where they were said before', async () => {
    const id = await makeGroup(app, admin, [ann, bob]);
    const message = await say(app, ann, id, 'Old');
    await pin(message, admin);
    const [stranger, late] = [await signIn(app), await signIn(app)];
    await addMember(app, id, late, { historyFrom: message.seq });
    expect(await pinned(id, late)).toEqual([]);
    const list = await rest(app, 'GET', `/conversations/${id}/pins`, { token: stranger.token });
    expect([list, await pin(message, stranger), await unpin(message, stranger)].map(codeOf)).toEqual(
      Array(3).fill('conversation_not_found'),
    );
    expect(codeOf(await pin({ ...message, id: 'no-id' }, admin))).toBe('message_not_found');
  });

  test('are fifty at most', async () => {
    const id = await startDirect(app, ann, await signIn(app));
    const messages: WireMessage[] = [];
    for (let n = 0; n <= 50; n += 1) messages.push(await say(app, ann, id, `${n}`));
    for (const message of messages.slice(0, 50)) expect((await pin(message, ann)).status).toBe(200);
    expect(codeOf(await pin(messages[50], ann))).toBe('limit_reached');
    expect((await pin(messages[0], ann)).status).toBe(200);
    await rest(app, 'DELETE', pathOf(messages[0]), { token: ann.token });
    expect((await pin(messages[50], ann)).status).toBe(200);
    expect(await pinned(id, ann)).toHaveLength(50);
  });

  test('are not added or taken off across a block', async () => {
    const id = await startDirect(app, ann, bob);
    const [one, two] = [await say(app, ann, id, 'Before'), await say(app, ann, id, 'Not')];
    await pin(one, ann);
    await setBlocked(app, bob, ann, true);
    expect(codeOf(await pin(two, ann))).toBe('recipient_unavailable');
    expect(codeOf(await unpin(one, bob))).toBe('recipient_unavailable');
    await setBlocked(app, bob, ann, false);
    expect((await unpin(one, bob)).status).toBe(200);
  });
});
