import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { makeGroup } from '../harness/groups.ts';
import { codeOf, latest, look, pathOf, say, setBlocked, type WireMessage } from '../harness/messages.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let admin: TestPerson;
let owner: TestPerson;
let direct: string;
let group: string;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob, admin, owner] = [await signIn(app), await signIn(app), await signIn(app), await signIn(app)];
  direct = await startDirect(app, ann, bob);
  group = await makeGroup(app, owner, [ann, bob, admin], { admins: [admin] });
});
afterAll(() => app.close());

/** Time passes, and with it the access tokens. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds);
  const again = ({ phone }: TestPerson) => signIn(app, { phone });
  [ann, bob, admin, owner] = [await again(ann), await again(bob), await again(admin), await again(owner)];
}
const remove = (message: WireMessage, as = ann) => rest(app, 'DELETE', pathOf(message), { token: as.token });
const removeAll = (id: string, messageIds: string[], as = ann) =>
  rest(app, 'POST', `/conversations/${id}/messages/deletions`, { token: as.token, body: { messageIds } });
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** All that the database holds, as text. */
async function dump(): Promise<string> {
  return app.app.database.read(async (reader) => {
    const tables = await sql<{ name: string }>`
      select quote_ident(table_name) as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(reader.sql);
    expect(tables.rows.length).toBeGreaterThan(8);
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.raw(name)} t`.execute(
        reader.sql,
      );
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  });
}

describe('deleting for everybody', () => {
  test.each(['direct', 'group'])(
    'leaves the place of a message and nothing else, in a %s conversation',
    async (kind) => {
      const id = kind === 'direct' ? direct : group;
      const people = kind === 'direct' ? [ann, ann, bob] : [ann, ann, bob, admin];
      const message = await say(app, ann, id, { text: 'Oops', clientId: `oops-${kind}` });
      await rest(app, 'PUT', pathOf(message, '/reaction'), { token: bob.token, body: { emoji: '😮' } });
      const answer = await expectInSync(app, people, () => remove(message));
      expect(answer).toMatchObject({ status: 200, body: { text: '', deletedAt: expect.any(String) } });
      const { rev, deletedAt } = answer.body;
      const { id: messageId, conversationId, seq, senderId, clientId, createdAt } = message;
      const tombstone = {
        id: messageId,
        conversationId,
        seq,
        rev,
        senderId,
        clientId,
        kind: 'text',
        text: '',
        createdAt,
      };
      expect(await look(app, bob, message)).toEqual({ ...tombstone, deletedAt });
      expect((await latest(app, bob, id)).map((one) => one.seq)).toContain(seq);
    },
  );

  test('a second time changes nothing', async () => {
    const message = await say(app, ann, direct, 'Twice');
    const first = await remove(message);
    const again = await expectInSync(app, [ann, bob], () => remove(message));
    expect(again).toMatchObject({ status: 200, body: first.body });
    await pass(3_700_000);
    expect((await remove(message)).body).toEqual(first.body);
  });

  test('takes an unread message out of the count', async () => {
    const [cy, dee] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, cy, dee);
    const [first] = [await say(app, cy, id, 'One'), await say(app, cy, id, 'Two')];
    await expectInSync(app, [cy, dee], () => remove(first, cy));
    const unread = await rest(app, 'GET', '/unread', { token: dee.token });
    expect(unread.body).toMatchObject({ messages: 1, conversations: 1 });
  });

  test('is for the sender within the window, and for the owner and admins of a group at any time', async () => {
    const [own, mine, theirs] = [
      await say(app, ann, direct, '1'),
      await say(app, ann, group, '2'),
      await say(app, owner, group, '3'),
    ];
    expect(codeOf(await remove(own, bob))).toBe('not_permitted');
    expect(codeOf(await remove(mine, bob))).toBe('not_permitted');
    expect(codeOf(await remove(mine, await signIn(app)))).toBe('conversation_not_found');
    await pass(3_590_000);
    expect((await remove(own)).status).toBe(200);
    await pass(20_000);
    expect(await remove(mine)).toMatchObject({
      status: 409,
      body: { error: { code: 'too_late', details: { windowSeconds: 3_600 } } },
    });
    expect((await expectInSync(app, [ann, bob, admin, admin], () => remove(mine, admin))).status).toBe(200);
    expect((await remove(theirs, admin)).status).toBe(200);
  });

  test('is possible across a block', async () => {
    const message = await say(app, ann, direct, 'Regrets');
    await setBlocked(app, bob, ann, true);
    expect((await expectInSync(app, [ann, bob], () => remove(message))).status).toBe(200);
    await setBlocked(app, bob, ann, false);
  });

  test('nothing can be done with a deleted message', async () => {
    const message = await say(app, ann, direct, 'Gone');
    await remove(message);
    const answers = [
      await rest(app, 'PATCH', pathOf(message), { token: ann.token, body: { text: 'Back' } }),
      await rest(app, 'PUT', pathOf(message, '/reaction'), { token: bob.token, body: { emoji: '👍' } }),
      await rest(app, 'PUT', pathOf(message, '/pin'), { token: ann.token }),
      await rest(app, 'GET', pathOf(message, '/seen-by'), { token: ann.token }),
    ];
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'message_deleted'));
    const reply = { text: 'To what?', replyTo: message.id };
    const replied = await rest(app, 'POST', `/conversations/${direct}/messages`, { token: bob.token, body: reply });
    expect(codeOf(replied)).toBe('message_not_found');
  });

  test('leaves nothing of what was said anywhere', async () => {
    const secret = 'tangerine-7c1f';
    const media = { media: [{ url: `https://example.org/${secret}.jpg`, fileName: secret }] };
    const text = await say(app, ann, group, `First ${secret}`);
    const image = await say(app, ann, group, { kind: 'image', text: secret, content: media });
    const named = await say(app, ann, group, {
      text: `@Bob ${secret}`,
      mentions: [{ personId: bob.id, start: 0, length: 4 }],
      replyTo: text.id,
    });
    await rest(app, 'PATCH', pathOf(text), { token: ann.token, body: { text: `Second ${secret}` } });
    await rest(app, 'PUT', pathOf(named, '/reaction'), { token: bob.token, body: { emoji: '🤫' } });
    await rest(app, 'PUT', pathOf(named, '/pin'), { token: owner.token });
    await app.app.database.write(async (unit) => {
      const mark = { person_id: bob.id, conversation_id: group, seq: named.seq, starred_at: new Date(), version: 1 };
      await unit.sql.insertInto('message_marks').values(mark).execute();
    });
    // A search keeps what it has read.
    await rest(app, 'GET', `/messages/search?q=${secret}`, { token: bob.token });
    expect(await dump()).toContain(secret);
    expect(await dump()).toContain('🤫');
    await expectInSync(app, [ann, bob, owner], async () => {
      await remove(text);
      await removeAll(group, [image.id, named.id]);
    });
    const left = await dump();
    expect(left).not.toContain(secret);
    expect(left).not.toContain('🤫');
    const pins = await rest(app, 'GET', `/conversations/${group}/pins`, { token: ann.token });
    expect(pins.body.items).toEqual([]);
    const stars = await app.app.database.read((reader) =>
      reader.sql.selectFrom('message_marks').selectAll().where('starred_at', 'is not', null).execute(),
    );
    expect(stars).toEqual([]);
  });
});

describe('deleting many', () => {
  test('answers for each: a refusal does not keep the others', async () => {
    const mine = [await say(app, ann, group, 'a'), await say(app, ann, group, 'b'), await say(app, ann, group, 'c')];
    const theirs = await say(app, bob, group, 'd');
    const elsewhere = await say(app, ann, direct, 'e');
    const gone = (await remove(mine[2])).body;
    const ids = [mine[1].id, theirs.id, 'no-id', mine[0].id, elsewhere.id, gone.id];
    const answer = await expectInSync(app, [ann, ann, bob, admin], () => removeAll(group, ids));
    expect(answer.status).toBe(200);
    expect(answer.body.items.map((item: { messageId: string }) => item.messageId)).toEqual(ids);
    const outcomes = answer.body.items.map(
      ({ message, error }: { message?: WireMessage; error?: { code: string } }) => error?.code ?? message.text,
    );
    expect(outcomes).toEqual(['', 'not_permitted', 'message_not_found', '', 'message_not_found', '']);
    expect(answer.body.items[5].message).toEqual(gone);
    const revs = [answer.body.items[0].message.rev, answer.body.items[3].message.rev];
    expect(revs[1]).toBe(revs[0] + 1);
    expect((await look(app, ann, elsewhere)).text).toBe('e');
  });

  test.each([
    ['none', []],
    ['one twice', ['x', 'x']],
    ['more than a hundred', numbers(1, 101).map(String)],
  ])('refuses %s', async (_what, ids) => {
    expect(codeOf(await removeAll(group, ids as string[]))).toBe('invalid_request');
  });
});

describe('who was away', () => {
  const fill = async (count: number) => {
    const [cy, dee] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, cy, dee);
    const device = await connect(app, cy.token);
    const send = (n: number) => device.command('messages.send', { conversationId: id, text: `${n}` });
    const sent: WireMessage[] = (await Promise.all(numbers(1, count).map(send))).map(({ message }) => message);
    device.close();
    const all = await rest(app, 'POST', '/sync', { token: dee.token, body: {} });
    const [{ conversation }] = all.body.changes;
    const { rev, version, lastSeq } = conversation;
    const known = [{ id, seq: lastSeq, rev, mine: conversation.me.version, version }];
    return {
      id,
      cy,
      sent,
      sync: async () => (await rest(app, 'POST', '/sync', { token: dee.token, body: { known } })).body,
    };
  };

  test('gets the messages that have changed, as they are now', async () => {
    const { id, cy, sent, sync } = await fill(30);
    await removeAll(id, [sent[2].id, sent[4].id], cy);
    await rest(app, 'PATCH', pathOf(sent[6]), { token: cy.token, body: { text: 'Edited' } });
    await rest(app, 'PUT', pathOf(sent[8], '/reaction'), { token: cy.token, body: { emoji: '🐎' } });
    await say(app, cy, id, 'New');
    const { changes } = await sync();
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ reset: false, messages: [{ seq: 31, text: 'New' }] });
    expect(changes[0].changed).toMatchObject([
      { seq: 3, text: '', deletedAt: expect.any(String) },
      { seq: 5, text: '', deletedAt: expect.any(String) },
      { seq: 7, text: 'Edited' },
      { seq: 9, text: '9', reactions: [{ emoji: '🐎' }] },
    ]);
  });

  test('begins anew where more than 200 have changed', async () => {
    const { id, cy, sent, sync } = await fill(201);
    const ids = sent.map((message) => message.id);
    await removeAll(id, ids.slice(0, 100), cy);
    await removeAll(id, ids.slice(100, 199), cy);
    expect((await sync()).changes[0]).toMatchObject({ reset: false, changed: { length: 199 } });
    await removeAll(id, ids.slice(199), cy);
    const [change] = (await sync()).changes;
    expect(change).toMatchObject({ reset: true, changed: [] });
    expect(change.messages.map(({ seq, text }: WireMessage) => [seq, text])).toEqual(
      numbers(182, 201).map((seq) => [seq, '']),
    );
  });
});
