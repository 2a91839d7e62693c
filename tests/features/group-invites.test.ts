import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hour } from '../../src/engine/shared/clock.ts';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { addMembers, groupOf, leave, removeMember, systemMessages, type TestGroup, viewOf } from '../harness/groups.ts';
import { type Answer, connect, rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const call = (person: TestPerson, method: string, path: string, body?: unknown): Promise<Answer> =>
  rest(app, method, path, { token: person.token, ...(body !== undefined && { body }) });
const makeInvite = (person: TestPerson, id: string, body: object = {}) =>
  call(person, 'POST', `/conversations/${id}/invite`, body);
const join = (person: TestPerson, code: string) => call(person, 'POST', `/invites/${code}/join`);
const withdraw = (person: TestPerson, code: string) => call(person, 'DELETE', `/invites/${code}/join`);
const preview = (person: TestPerson, code: string) => call(person, 'GET', `/invites/${code}`);
const waiting = async (person: TestPerson, id: string): Promise<string[]> =>
  (await call(person, 'GET', `/conversations/${id}/join-requests`)).body.items.map(
    (one: { person: { id: string } }) => one.person.id,
  );
const answer = (person: TestPerson, id: string, personId: string, method: 'PUT' | 'DELETE') =>
  call(person, method, `/conversations/${id}/join-requests/${personId}`);
const watchers = ({ owner, admin, member }: TestGroup) => [owner, owner, admin, member];
const codeOf = (refused: Answer): string => refused.body.error.code;

describe('an invite link', () => {
  test('is shown to admins, replaced by the next, and ended', async () => {
    const { id, owner, admin } = await groupOf(app);
    expect((await call(owner, 'GET', `/conversations/${id}/invite`)).body).toEqual({ invite: null });
    const first = await makeInvite(owner, id);
    expect(first).toMatchObject({
      status: 201,
      body: { createdBy: owner.id, expiresAt: null, maxUses: null, uses: 0 },
    });
    expect(first.body.code).toMatch(/^[\w-]{22}$/);
    expect((await call(admin, 'GET', `/conversations/${id}/invite`)).body).toEqual({ invite: first.body });
    const second = await makeInvite(admin, id, { maxUses: 5 });
    expect(second.body).toMatchObject({ createdBy: admin.id, maxUses: 5 });
    const eve = await signIn(app);
    expect(codeOf(await preview(eve, first.body.code))).toBe('invite_not_found');
    expect((await preview(eve, second.body.code)).status).toBe(200);
    expect((await call(admin, 'DELETE', `/conversations/${id}/invite`)).status).toBe(204);
    expect(codeOf(await preview(eve, second.body.code))).toBe('invite_not_found');
    expect(codeOf(await join(eve, second.body.code))).toBe('invite_not_found');
    expect((await call(owner, 'GET', `/conversations/${id}/invite`)).body).toEqual({ invite: null });
  });

  test('shows what it leads to, and no more', async () => {
    const { id, owner } = await groupOf(app);
    const { code } = (await makeInvite(owner, id)).body;
    const eve = await signIn(app);
    expect((await preview(eve, code)).body).toEqual({
      title: 'Group',
      description: '',
      photoUrl: null,
      memberCount: 3,
      joinApproval: false,
      conversationId: null,
      requested: false,
    });
    expect((await preview(owner, code)).body.conversationId).toBe(id);
    expect((await rest(app, 'GET', `/invites/${code}`)).status).toBe(401);
    for (const wrong of [
      'no-code',
      `${code}x`,
      code.slice(1),
      code.toLowerCase() === code ? 'x' : code.toLowerCase(),
    ]) {
      expect(codeOf(await preview(eve, wrong))).toBe('invite_not_found');
    }
  });

  test('brings people in', async () => {
    const group = await groupOf(app);
    const { code } = (await makeInvite(group.admin, group.id)).body;
    const eve = await signIn(app);
    const joined = await expectInSync(app, [...watchers(group), eve, eve], () => join(eve, code));
    expect(joined).toMatchObject({
      status: 200,
      body: { pending: false, conversation: { id: group.id, memberCount: 4, me: { role: 'member' } } },
    });
    const system = await systemMessages(app, group.member, group.id);
    expect(system.at(-1)).toEqual({ event: 'member.joined', personIds: [eve.id] });
    const { rev } = await viewOf(app, eve, group.id);
    expect((await join(eve, code)).body).toMatchObject({ pending: false, conversation: { rev } });
    expect((await call(group.owner, 'GET', `/conversations/${group.id}/invite`)).body.invite.uses).toBe(1);
    await leave(app, eve, group.id);
    expect((await join(eve, code)).body.pending).toBe(false);
  });

  test('is over at its time, and after so many', async () => {
    const { id, owner } = await groupOf(app);
    const expiresAt = new Date(app.clock.now() + hour).toISOString();
    const timed = (await makeInvite(owner, id, { expiresAt })).body;
    expect(timed.expiresAt).toBe(expiresAt);
    const people = [await signIn(app), await signIn(app), await signIn(app)] as const;
    expect((await join(people[0], timed.code)).status).toBe(200);
    app.clock.advance(hour);
    const fresh = await signIn(app);
    expect(codeOf(await join(fresh, timed.code))).toBe('invite_not_found');
    const again = (await rest(app, 'POST', `/sessions/refresh`, { body: { refreshToken: owner.refreshToken } })).body;
    const later = { ...owner, token: again.accessToken };
    const { code } = (await makeInvite(later, id, { maxUses: 1 })).body;
    const [eve, cy] = [await signIn(app), await signIn(app)];
    expect((await join(eve, code)).status).toBe(200);
    expect(codeOf(await join(cy, code))).toBe('invite_not_found');
    for (const wrong of [new Date(app.clock.now()).toISOString(), '2001-01-01T00:00:00Z', 'tomorrow', '', 5]) {
      expect(codeOf(await makeInvite(later, id, { expiresAt: wrong }))).toBe('invalid_request');
    }
    for (const maxUses of [0, -1, 1.5])
      expect(codeOf(await makeInvite(later, id, { maxUses }))).toBe('invalid_request');
  });

  test('does not bring back who was removed, until an admin adds them', async () => {
    const { id, owner, admin, member } = await groupOf(app);
    const { code } = (await makeInvite(owner, id)).body;
    await removeMember(app, admin, id, member.id);
    expect(codeOf(await join(member, code))).toBe('not_permitted');
    await addMembers(app, admin, id, [member.id]);
    await leave(app, member, id);
    expect((await join(member, code)).body.pending).toBe(false);
  });
});

describe('where admins let people in', () => {
  const closedGroup = async () => {
    const group = await groupOf(app);
    await call(group.owner, 'PATCH', `/groups/${group.id}`, { settings: { joinApproval: true } });
    return { ...group, code: (await makeInvite(group.owner, group.id)).body.code as string };
  };

  test('who comes waits, and admins hear of it', async () => {
    const group = await closedGroup();
    const [eve, cy] = [await signIn(app), await signIn(app)];
    const people = [group.owner, group.admin, group.member, eve];
    const devices = await Promise.all(people.map(({ token }) => connect(app, token)));
    const before = await viewOf(app, group.owner, group.id);
    const asked = await expectInSync(app, [...watchers(group), eve], () => join(eve, group.code));
    expect(asked).toMatchObject({ status: 200, body: { pending: true, conversation: null } });
    expect((await join(eve, group.code)).body.pending).toBe(true);
    expect(await viewOf(app, group.owner, group.id)).toEqual(before);
    expect((await preview(eve, group.code)).body).toMatchObject({ requested: true, conversationId: null });
    expect((await call(eve, 'GET', `/conversations/${group.id}`)).status).toBe(404);
    for (const [i, device] of devices.entries()) {
      await device.settled();
      const told = device.events.filter(({ type }) => type === 'join_request.changed').map(({ data }) => data);
      const expected = { conversationId: group.id, request: { person: { id: eve.id } }, state: 'waiting' };
      if (people[i] === group.member) expect(told).toEqual([]);
      else expect(told).toMatchObject([expected]);
      device.close();
    }
    app.clock.advance(1_000);
    await join(cy, group.code);
    expect(await waiting(group.admin, group.id)).toEqual([eve.id, cy.id]);
    const path = `/conversations/${group.id}/join-requests?limit=1`;
    const { next, items } = (await call(group.admin, 'GET', path)).body;
    expect(items).toMatchObject([{ person: { id: eve.id } }]);
    expect((await call(group.admin, 'GET', `${path}&cursor=${next}`)).body).toMatchObject({
      items: [{ person: { id: cy.id } }],
      next: null,
    });
  });

  test('approved, they come in', async () => {
    const group = await closedGroup();
    const eve = await signIn(app);
    await join(eve, group.code);
    const device = await connect(app, eve.token);
    const approved = await expectInSync(app, [...watchers(group), eve], () =>
      answer(group.admin, group.id, eve.id, 'PUT'),
    );
    expect(approved.status).toBe(204);
    expect((await device.next('conversation.joined')).conversation.id).toBe(group.id);
    expect(await waiting(group.owner, group.id)).toEqual([]);
    expect((await viewOf(app, eve, group.id)).memberCount).toBe(4);
    expect((await call(group.owner, 'GET', `/conversations/${group.id}/invite`)).body.invite.uses).toBe(1);
    expect(codeOf(await answer(group.owner, group.id, eve.id, 'PUT'))).toBe('join_request_not_found');
    expect(codeOf(await answer(group.owner, group.id, eve.id, 'DELETE'))).toBe('join_request_not_found');
    device.close();
  });

  test('denied or withdrawn, they stay outside and may ask again', async () => {
    const group = await closedGroup();
    const eve = await signIn(app);
    const device = await connect(app, group.owner.token);
    await join(eve, group.code);
    const denied = await expectInSync(app, [...watchers(group), eve], () =>
      answer(group.admin, group.id, eve.id, 'DELETE'),
    );
    expect(denied.status).toBe(204);
    expect(await waiting(group.owner, group.id)).toEqual([]);
    expect((await join(eve, group.code)).body.pending).toBe(true);
    await call(group.owner, 'DELETE', `/conversations/${group.id}/invite`);
    expect(await waiting(group.owner, group.id)).toEqual([eve.id]);
    expect((await withdraw(eve, group.code)).status).toBe(204);
    expect(codeOf(await withdraw(eve, group.code))).toBe('join_request_not_found');
    expect(await waiting(group.owner, group.id)).toEqual([]);
    await device.settled();
    const states = device.events.filter(({ type }) => type === 'join_request.changed').map(({ data }) => data.state);
    expect(states).toEqual(['waiting', 'denied', 'waiting', 'withdrawn']);
    device.close();
  });

  test('members and strangers answer nothing', async () => {
    const group = await closedGroup();
    const [eve, cy] = [await signIn(app), await signIn(app)];
    await join(eve, group.code);
    for (const method of ['PUT', 'DELETE'] as const) {
      expect(codeOf(await answer(group.member, group.id, eve.id, method))).toBe('not_permitted');
      for (const stranger of [eve, cy]) {
        expect(codeOf(await answer(stranger, group.id, eve.id, method))).toBe('conversation_not_found');
      }
      expect(codeOf(await answer(group.owner, group.id, 'no-id', method))).toBe('join_request_not_found');
    }
    expect(await waiting(group.owner, group.id)).toEqual([eve.id]);
  });

  test('who is added otherwise waits no longer', async () => {
    const group = await closedGroup();
    const [eve, cy] = [await signIn(app), await signIn(app)];
    for (const one of [eve, cy]) await join(one, group.code);
    await addMembers(app, group.owner, group.id, [eve.id]);
    expect(await waiting(group.owner, group.id)).toEqual([cy.id]);
    await call(group.owner, 'PATCH', `/groups/${group.id}`, { settings: { joinApproval: false } });
    expect((await join(cy, group.code)).body.pending).toBe(false);
    expect(await waiting(group.owner, group.id)).toEqual([]);
  });
});
