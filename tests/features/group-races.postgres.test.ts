import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import {
  addMembers,
  createGroup,
  history,
  leave,
  removeMember,
  setRole,
  systemMessages,
  viewOf,
} from '../harness/groups.ts';
import { type Answer, connect, rest, signIn, type TestPerson } from '../harness/people.ts';
import { Replica } from '../harness/replica.ts';
import { describeWithRedis } from '../harness/services.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

type People = [TestPerson, TestPerson, TestPerson, TestPerson];

const rounds = 25;
const limit = 4;

const codeOf = (answer: Answer): string => answer.body?.error?.code ?? String(answer.status);
const peopleOf = async (node: TestApp): Promise<People> => {
  const people: TestPerson[] = [];
  while (people.length < 4) people.push(await signIn(node));
  return people as People;
};
const rolesOf = async (node: TestApp, person: TestPerson, id: string): Promise<Record<string, string>> => {
  const { memberCount, members } = await viewOf(node, person, id);
  expect(members).toHaveLength(memberCount);
  return Object.fromEntries(members.map((one: { person: { id: string }; role: string }) => [one.person.id, one.role]));
};
const isMember = async (node: TestApp, person: TestPerson, id: string): Promise<boolean> =>
  (await rest(node, 'GET', `/conversations/${id}`, { token: person.token })).status === 200;

/** Two nodes without a common bus on one database: what happens at once must end well by the database alone. */
describe('at once', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  let people: People;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'the same key on all nodes, 0123456789',
      PARLEY_GROUP_LIMIT: String(limit),
    };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
    people = await peopleOf(nodes[0]);
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
  });

  /** Runs two actions on two nodes, each first in half of the rounds. */
  async function race(round: number, a: (node: TestApp) => Promise<Answer>, b: (node: TestApp) => Promise<Answer>) {
    if (round % 2 === 0) return Promise.all([a(nodes[0]), b(nodes[1])]);
    const [second, first] = await Promise.all([b(nodes[0]), a(nodes[1])]);
    return [first, second] as const;
  }
  /** Every seq and every rev was given out once. */
  async function expectWhole(person: TestPerson, id: string) {
    const items = await history(nodes[0], person, id);
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
    const revs = items.map(({ rev }) => rev);
    expect(new Set(revs).size).toBe(revs.length);
  }

  test('promoted and removed: whoever comes first, nobody is an admin who is not in it', async () => {
    const [ann, bob, cy] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob, cy] });
      await setRole(nodes[0], ann, id, bob.id, 'admin');
      const [promoted, removed] = await race(
        round,
        (node) => setRole(node, ann, id, cy.id, 'admin'),
        (node) => removeMember(node, bob, id, cy.id),
      );
      // Promoted first or not: who is removed is out.
      expect(['204 204', 'person_not_found 204']).toContain(`${codeOf(promoted)} ${codeOf(removed)}`);
      expect(await rolesOf(nodes[0], ann, id)).not.toHaveProperty(cy.id);
      await expectWhole(ann, id);
    }
  });

  test('the last two leave: the group is closed, and is nobody’s', async () => {
    const [ann, bob] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob] });
      const answers = await race(
        round,
        (node) => leave(node, ann, id),
        (node) => leave(node, bob, id),
      );
      expect(answers.map(codeOf)).toEqual(['204', '204']);
      for (const person of [ann, bob]) expect(await isMember(nodes[0], person, id)).toBe(false);
      const row = await nodes[0].app.database.read(({ sql }) =>
        sql.selectFrom('conversations').select('member_count').where('id', '=', id).executeTakeFirst(),
      );
      expect(row).toEqual({ member_count: 0 });
    }
  });

  test('the owner leaves while who would follow is removed: there is one owner', async () => {
    const [ann, bob, cy, dora] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob, cy, dora] });
      for (const one of [bob, cy]) await setRole(nodes[0], ann, id, one.id, 'admin');
      await rest(nodes[0], 'POST', `/conversations/${id}/owner`, { token: ann.token, body: { personId: bob.id } });
      // bob owns it; ann and cy are admins, and who of them joined first follows him. dora only watches.
      const next = (await viewOf(nodes[0], dora, id)).members.find((one: { role: string }) => one.role === 'admin');
      const [follower, remover] = next.person.id === ann.id ? [ann, cy] : [cy, ann];
      const [left, gone] = await race(
        round,
        (node) => leave(node, bob, id),
        (node) => (round % 3 === 0 ? leave(node, follower, id) : removeMember(node, remover, id, follower.id)),
      );
      expect(left.status).toBe(204);
      expect([204, 403]).toContain(gone.status);
      const roles = await rolesOf(nodes[0], dora, id);
      expect(Object.values(roles).filter((role) => role === 'owner')).toHaveLength(1);
      expect(roles).not.toHaveProperty(bob.id);
      await expectWhole(dora, id);
    }
  });

  test('the group is handed over, and the next owner leaves: there is one owner', async () => {
    const [ann, bob, cy] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob, cy] });
      const [given, left] = await race(
        round,
        (node) => rest(node, 'POST', `/conversations/${id}/owner`, { token: ann.token, body: { personId: bob.id } }),
        (node) => leave(node, bob, id),
      );
      expect(left.status).toBe(204);
      expect(['204', 'person_not_found']).toContain(codeOf(given));
      expect(await rolesOf(nodes[0], cy, id)).toMatchObject({ [ann.id]: 'owner', [cy.id]: 'member' });
    }
  });

  test('two come by a link for the last place: one gets it', async () => {
    const [ann, bob, cy, dora] = people;
    const eve = await signIn(nodes[0]);
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob, cy] });
      const byUses = round % 2 === 0;
      if (byUses) await leave(nodes[0], cy, id);
      const body = byUses ? { maxUses: 1 } : {};
      const { code } = (await rest(nodes[0], 'POST', `/conversations/${id}/invite`, { token: ann.token, body })).body;
      const join = (person: TestPerson) => (node: TestApp) =>
        rest(node, 'POST', `/invites/${code}/join`, { token: person.token });
      const answers = await race(round >> 1, join(dora), join(eve));
      expect(answers.map(codeOf).sort()).toEqual(['200', byUses ? 'invite_not_found' : 'limit_reached']);
      expect((await viewOf(nodes[1], ann, id)).memberCount).toBe(byUses ? 3 : limit);
    }
  });

  test('one person added and coming by a link is in it once', async () => {
    const [ann, bob, cy] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob] });
      const invite = await rest(nodes[0], 'POST', `/conversations/${id}/invite`, { token: ann.token, body: {} });
      const path = `/invites/${invite.body.code}/join`;
      const answers = await race(
        round,
        (node) => addMembers(node, ann, id, [cy.id]),
        (node) => rest(node, 'POST', path, { token: cy.token }),
      );
      expect(answers.map(codeOf)).toEqual(['200', '200']);
      expect((await viewOf(nodes[0], cy, id)).memberCount).toBe(3);
      expect(await systemMessages(nodes[0], ann, id)).toHaveLength(2);
    }
  });

  test('two admins answer one request: one of them does', async () => {
    const [ann, bob, cy] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob] });
      await setRole(nodes[0], ann, id, bob.id, 'admin');
      await rest(nodes[0], 'PATCH', `/groups/${id}`, { token: ann.token, body: { settings: { joinApproval: true } } });
      const invite = await rest(nodes[0], 'POST', `/conversations/${id}/invite`, { token: ann.token, body: {} });
      await rest(nodes[0], 'POST', `/invites/${invite.body.code}/join`, { token: cy.token });
      const path = `/conversations/${id}/join-requests/${cy.id}`;
      const [approved, denied] = await race(
        round,
        (node) => rest(node, 'PUT', path, { token: ann.token }),
        (node) => rest(node, 'DELETE', path, { token: bob.token }),
      );
      expect([codeOf(approved), codeOf(denied)].sort()).toEqual(['204', 'join_request_not_found']);
      expect(await isMember(nodes[1], cy, id)).toBe(approved.status === 204);
    }
  });

  test('who is removed while sending gets an ack only for what is stored before', async () => {
    const [ann, bob, cy] = people;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await createGroup(nodes[0], ann, { people: [bob, cy] });
      const send = (node: TestApp) =>
        rest(node, 'POST', `/conversations/${id}/messages`, { token: bob.token, body: { text: 'Mine' } });
      const [removed, sent] = await race(round, (node) => removeMember(node, ann, id, bob.id), send);
      expect(removed.status).toBe(204);
      expect(['201', 'conversation_not_found']).toContain(codeOf(sent));
      const items = await history(nodes[0], cy, id);
      const [mine, removal] = [
        items.findIndex(({ text }) => text === 'Mine'),
        items.findIndex(({ content }) => content?.event === 'member.removed'),
      ];
      expect(mine >= 0).toBe(sent.status === 201);
      expect(mine).toBeLessThan(removal);
    }
  });
});

describe('two nodes on one bus', () => {
  describeWithRedis('share groups', (redisUrl) => {
    let one: TestApp;
    let other: TestApp;
    beforeAll(async () => {
      const shared = { REDIS_URL: redisUrl, JWT_SECRET: 'hQ0mDgb2Vn1xZr8uTfLk5sYwEo7CjPaI3RtBv9Xy' };
      one = await startTestApp(shared);
      other = await startTestApp({ ...shared, DATABASE_URL: one.config.databaseUrl as string });
    });
    afterAll(async () => {
      await other?.close();
      await one?.close();
    });

    test('who is added on one node hears at once on the other, without reconnecting', async () => {
      const [ann, bob, cy] = await peopleOf(one);
      const { id } = await createGroup(one, ann, { people: [bob] });
      const device = await connect(other, cy.token);
      const replica = new Replica(cy.id);
      await replica.syncOver(device);
      await addMembers(one, ann, id, [cy.id]);
      expect((await device.next('conversation.joined')).conversation.id).toBe(id);
      // The topic was not followed on that node before: what passed meanwhile comes by a sync.
      await device.next('sync.needed', (data) => data.conversationId === id);
      await replica.catchUpOver(device);
      const sent = await rest(one, 'POST', `/conversations/${id}/messages`, {
        token: bob.token,
        body: { text: 'Welcome' },
      });
      expect((await device.next('message.created', ({ message }) => message.kind === 'text')).message).toEqual(
        sent.body.message,
      );
      await device.settled();
      expect(replica.faults).toEqual([]);
      expect(replica.view()).toMatchObject([{ id, lastSeq: 3, unread: 1 }]);
      device.close();
    });

    test('who is removed on one node hears that once on the other, and nothing after', async () => {
      const [ann, bob, cy] = await peopleOf(one);
      const { id } = await createGroup(one, ann, { people: [bob, cy] });
      const [removed, staying] = [await connect(other, cy.token), await connect(other, bob.token)];
      await removed.command('typing.set', { conversationId: id, typing: true });
      await removeMember(one, ann, id, cy.id);
      const owner = await connect(one, ann.token);
      await owner.command('typing.set', { conversationId: id, typing: true });
      await owner.command('messages.send', { conversationId: id, text: 'Among us' });
      await owner.command('receipts.mark', { conversationId: id, read: 99 });
      // Once it is here on that node, everything before it is too.
      await staying.next('receipt.updated', ({ personId }) => personId === ann.id);
      await removed.settled();
      expect(removed.events.map(({ type }) => type)).toEqual(['member.left']);
      const typing = removed.command('typing.set', { conversationId: id, typing: true });
      await expect(typing).rejects.toMatchObject({ code: 'conversation_not_found' });
      const sending = removed.command('messages.send', { conversationId: id, text: 'Still here?' });
      await expect(sending).rejects.toMatchObject({ code: 'conversation_not_found' });
      for (const device of [removed, staying, owner]) device.close();
    });

    test('who is removed and added again on another node, over and over, ends as a member who hears', async () => {
      const [ann, bob] = await peopleOf(one);
      const { id } = await createGroup(one, ann, { people: [bob] });
      const device = await connect(other, bob.token);
      const replica = new Replica(bob.id);
      await replica.syncOver(device);
      for (let round = 0; round < 10; round += 1) {
        expect((await removeMember(one, ann, id, bob.id)).status).toBe(204);
        expect((await addMembers(other, ann, id, [bob.id])).body.added).toEqual([bob.id]);
      }
      const { lastSeq } = await viewOf(one, ann, id);
      await rest(one, 'POST', `/conversations/${id}/messages`, { token: ann.token, body: { text: 'Last' } });
      for (let tries = 0; tries < 100 && replica.view()[0]?.lastSeq !== lastSeq + 1; tries += 1) {
        await device.settled();
        if (replica.needsSync) await replica.catchUpOver(device);
      }
      expect(replica.view()).toMatchObject([{ id, lastSeq: lastSeq + 1 }]);
      expect(replica.faults).toEqual([]);
      device.close();
    });
  });
});
