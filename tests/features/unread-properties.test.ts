import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '../../src/engine/shared/clock.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { plantGroup } from '../harness/plant-group.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const nat = (max: number) => fc.nat({ max });
/** Of the three people; the first two have a direct conversation (0), all of them a group (1). */
const who = nat(2);
const where = nat(1);
const at = nat(8);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('send' as const), who, where, count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), who, where, at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hide' as const), who, where, at, more: at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deleteForAll' as const), who, where, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), who, where }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deleteForMe' as const), who, where }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('block' as const), who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unblock' as const), who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('star' as const), who, where, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark' as const), who, where, marked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('archive' as const), who, where, archived: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mute' as const), who, where, muted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Stage {
  readonly people: readonly TestPerson[];
  readonly devices: readonly Device[];
  readonly conversations: readonly string[];
}

/** Messages of a conversation in their order. */
const messagesOf = (conversationId: string) =>
  app.app.database.read(({ sql }) =>
    sql.selectFrom('messages').selectAll().where('conversation_id', '=', conversationId).orderBy('seq').execute(),
  );

async function perform(action: Step, { people, conversations }: Stage): Promise<void> {
  if (action.do === 'wait') return app.clock.advance(2 * minute);
  const person = people[action.who] as TestPerson;
  if (action.do === 'block' || action.do === 'unblock') {
    const other = (people[action.whom] as TestPerson).id;
    await rest(app, action.do === 'block' ? 'PUT' : 'DELETE', `/blocks/${other}`, { token: person.token });
    return;
  }
  const id = conversations[action.where] as string;
  const call = async (method: string, path: string, body?: object) => {
    const answer = await rest(app, method, `/conversations/${id}${path}`, {
      token: person.token,
      ...(body && { body }),
    });
    // The third is not in the direct one, what was cleared is not there, and who is blocked cannot be reached.
    expect([200, 201, 204, 403, 404, 409], JSON.stringify(answer.body)).toContain(answer.status);
  };
  const settings = (body: object) => call('PATCH', '/me', body);
  if (action.do === 'send') {
    for (let i = 0; i < action.count; i += 1) await call('POST', '/messages', { text: 'Hi' });
  } else if (action.do === 'read') await call('PUT', '/receipt', { read: action.at });
  else if (action.do === 'clear') await call('PUT', '/cleared');
  else if (action.do === 'deleteForMe') await call('DELETE', '');
  else if (action.do === 'mark') await settings({ markedUnread: action.marked });
  else if (action.do === 'archive') await settings({ archived: action.archived });
  else if (action.do === 'mute') {
    await settings({ mutedUntil: action.muted ? new Date(app.clock.now() + minute).toISOString() : null });
  } else {
    const messages = await messagesOf(id);
    const pick = (n: number): string | undefined => messages[n % Math.max(1, messages.length)]?.id;
    const messageId = pick(action.at);
    if (messageId === undefined) return;
    if (action.do === 'hide') {
      await call('POST', '/messages/hidden', { messageIds: [messageId, pick(action.more)] });
    } else if (action.do === 'star') await call('PUT', `/messages/${messageId}/star`);
    else await deleteForAll(id, messageId);
  }
}

/** What deleting for everybody does to the rows. */
const deleteForAll = (conversationId: string, messageId: string) =>
  app.app.database.write(async ({ sql }) => {
    const { rev } = await sql
      .updateTable('conversations')
      .set(({ eb }) => ({ rev: eb('rev', '+', 1) }))
      .where('id', '=', conversationId)
      .returning('rev')
      .executeTakeFirstOrThrow();
    await sql
      .updateTable('messages')
      .set({ rev, changed: true, deleted_at: new Date(app.clock.now()), text: '' })
      .where('id', '=', messageId)
      .execute();
  });

/** Counted anew from plain rows, by the words of the rule. */
async function recount(personId: string) {
  const rows = await app.app.database.read(async ({ sql }) => ({
    members: await sql.selectFrom('members').selectAll().where('person_id', '=', personId).execute(),
    conversations: await sql.selectFrom('conversations').selectAll().execute(),
    blocks: await sql.selectFrom('blocks').selectAll().where('person_id', '=', personId).execute(),
    marks: await sql.selectFrom('message_marks').selectAll().where('person_id', '=', personId).execute(),
  }));
  const blocked = new Set(rows.blocks.map((block) => block.blocked_id));
  const shown = new Map<string, number>();
  const all = new Map<string, number>();
  const total = { messages: 0, conversations: 0, mutedMessages: 0, mutedConversations: 0 };
  for (const me of rows.members) {
    const conversation = rows.conversations.find(({ id }) => id === me.conversation_id);
    if (!conversation) throw new Error('A member of nothing.');
    const hidden = new Set(
      rows.marks.filter((mark) => mark.conversation_id === conversation.id && mark.hidden).map(({ seq }) => seq),
    );
    expect(me.marks, 'the number of hidden messages').toBe(hidden.size);
    const count = (await messagesOf(conversation.id)).filter(
      (message) =>
        message.seq > me.read_seq &&
        message.seq > me.history_from &&
        message.sender_id !== personId &&
        message.kind !== 'system' &&
        message.deleted_at === null &&
        !hidden.has(message.seq) &&
        !blocked.has(message.sender_id),
    ).length;
    all.set(conversation.id, count);
    const isDeleted = me.hidden_seq !== null && conversation.last_seq <= me.hidden_seq;
    if (isDeleted) continue;
    shown.set(conversation.id, count);
    const saidWhileMuted = me.muted_until !== null && conversation.last_activity_at < me.muted_until;
    const isArchived = me.archived_seq !== null && (conversation.last_seq <= me.archived_seq || saidWhileMuted);
    if (isArchived) continue;
    const one = count > 0 || me.marked_unread ? 1 : 0;
    if (me.muted_until !== null && me.muted_until.getTime() > app.clock.now()) {
      total.mutedMessages += count;
      total.mutedConversations += one;
    } else {
      total.messages += count;
      total.conversations += one;
    }
  }
  return { shown, all, total };
}

type Counted = { id: string; unread: number };
const countsOf = (conversations: Counted[]) => new Map(conversations.map(({ id, unread }) => [id, unread]));

test('whatever is said, read, deleted, hidden, cleared and blocked: every count of unread messages is the same and right', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
    const people = [await signIn(app), await signIn(app), await signIn(app)];
    const [ann, bob] = people as [TestPerson, TestPerson];
    const conversations = [await startDirect(app, ann, bob), await plantGroup(app, people)];
    const devices = await Promise.all(people.map(({ token }) => connect(app, token)));
    const stage: Stage = { people, devices, conversations };
    for (const action of steps) {
      await perform(action, stage);
      for (const [i, device] of devices.entries()) {
        await device.settled();
        const told = device.events.splice(0).filter(({ type }) => type === 'inbox.updated');
        const last = new Map(told.map(({ data }) => [data.conversationId, data.unread]));
        if (last.size === 0) continue;
        const { all } = await recount((people[i] as TestPerson).id);
        for (const [id, unread] of last) expect(unread, `inbox.updated after ${action.do}`).toBe(all.get(id));
      }
    }
    for (const { id: personId, token } of people) {
      const { shown, all, total } = await recount(personId);
      const get = async (path: string) => (await rest(app, 'GET', path, { token })).body;
      expect(countsOf((await get('/conversations')).items), 'conversations.list').toEqual(shown);
      for (const [id, count] of all)
        expect((await get(`/conversations/${id}`)).unread, 'conversations.get').toBe(count);
      const synced = (await rest(app, 'POST', '/sync', { token, body: {} })).body.changes;
      const inSync = countsOf(synced.map((change: { conversation: Counted }) => change.conversation));
      expect(inSync, 'sync').toEqual(shown);
      expect(await get('/unread'), 'unread.get').toEqual(total);
    }
    for (const device of devices) device.close();
  });
  await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 25_000 });
}, 90_000);
