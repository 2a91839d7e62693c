import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { countStatements } from '../../harness/count-statements.ts';
import { insertPeople } from '../../harness/groups.ts';
import { say } from '../../harness/messages.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf } from './clients.ts';

const members = 1_000;
const online = 200;
/** What the jobs of every second may ask in the meantime. One statement for each member, or each who is online, is far more. */
const slack = 50;

let app: TestApp;
let statements: () => number;
let owner: ChatappClient;
let people: ChatappClient[];
let sockets: ChatappSocket[];
const clients: ChatappClient[] = [];

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000', PARLEY_GROUP_LIMIT: String(members + 10) });
  for (let i = 0; i < online; i += 20) {
    const some = await Promise.all(Array.from({ length: 20 }, (_, n) => clientOf(app, `Member ${i + n}`)));
    clients.push(...some);
  }
  [owner, ...people] = clients as [ChatappClient, ...ChatappClient[]];
  sockets = [];
  for (const client of clients) sockets.push(await client.connect());
  statements = countStatements(app.app.database);
}, 240_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await app.close();
});

/** How many statements something takes, with what it causes. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = statements();
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  return statements() - before;
}

/** What is done in a group, each with its number of statements. */
async function costs(groupId: string, listeners: readonly ChatappSocket[]): Promise<Record<string, number>> {
  const [first] = people as [ChatappClient];
  const late = await clientOf(app, 'Late');
  clients.push(late);
  const { code } = (await owner.post(`/groups/${groupId}/invite`)).body.data;
  const told = (name: string) =>
    Promise.all(listeners.map((socket) => socket.next(name, ({ chatId }) => chatId === groupId)));
  const join = await costOf(async () => {
    expect((await late.post('/groups/join', { code })).status).toBe(200);
    await told('group_participants_added');
  });
  const promote = await costOf(async () => {
    await owner.put(`/groups/${groupId}/participants/${first.id}/role`, { role: 'admin' });
    await told('group_role_updated');
  });
  const rename = await costOf(async () => {
    expect((await owner.put(`/groups/${groupId}`, { name: 'Renamed' })).status).toBe(200);
    await told('chat_updated');
  });
  const message = await costOf(async () => {
    await say(app, { token: owner.token as string }, groupId, 'To all of you');
    await told('new_message');
  });
  const leave = await costOf(async () => {
    expect((await late.post(`/groups/${groupId}/leave`)).status).toBe(200);
    await told('group_participant_removed');
  });
  const list = await costOf(async () => {
    expect((await owner.get('/groups')).body.data.groups.length).toBeGreaterThan(0);
  });
  return { join, promote, rename, message, leave, list };
}

it('costs no more statements with a thousand members than with ten', async () => {
  const make = async (ids: readonly string[]) => {
    const { status, body } = await owner.post('/chats/group', { name: 'Group', participants: ids });
    expect(status).toBe(201);
    return body.data;
  };
  const few = people.slice(0, 9);
  const small = await make(few.map(({ id }) => id));
  const inSmall = await costs(small._id, sockets.slice(0, 10));

  const crowd = await insertPeople(app, members - online);
  const made = await costOf(async () => {
    const large = await make([...people.map(({ id }) => id), ...crowd]);
    expect(large.participantCount).toBe(members);
    expect(large.participants).toHaveLength(members);
    await Promise.all(sockets.map((socket) => socket.next('chat_created', ({ chat }) => chat._id === large._id)));
    const inLarge = await costs(large._id, sockets);
    for (const [what, cost] of Object.entries(inLarge)) {
      expect([what, Math.max(0, cost - (inSmall[what] ?? 0) - slack)]).toEqual([what, 0]);
    }
    const { groups } = (await owner.get('/groups')).body.data;
    expect(groups.map((one: { participants: object[] }) => one.participants.length).sort()).toEqual([10, 256]);
  });
  expect(made).toBeLessThan(online);

  // Everybody who is online heard of each once.
  for (const socket of sockets.slice(10)) {
    for (const name of ['group_participants_added', 'group_role_updated', 'chat_updated', 'new_message']) {
      expect([name, socket.all(name).length]).toEqual([name, 1]);
    }
    expect(socket.all('group_participant_removed')).toHaveLength(1);
  }
}, 240_000);
