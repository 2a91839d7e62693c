import { rest, signIn, signInAdmin, startDirect, type TestPerson } from '../../harness/people.ts';
import type { TestApp } from '../../harness/start-app.ts';

/**
 * How somebody stands to what an operation is about: a group, or for `blocked` the direct conversation with somebody who
 * has blocked them. `suspended` is a member whose account was suspended.
 */
export const roles = ['stranger', 'former', 'member', 'admin', 'owner', 'blocked', 'suspended'] as const;
export type Role = (typeof roles)[number];

/** What one call is about. No call sees what another has done: a scene that one has changed is not used again. */
export interface Scene {
  /** Who calls. */
  readonly me: TestPerson;
  readonly role: Role;
  /** The group; for `blocked` the direct conversation. */
  readonly conversationId: string;
  /** A message of somebody else in it. */
  readonly messageId: string;
  /** A message of mine in it, where I could send one; else that of somebody else. */
  readonly ownMessageId: string;
  /** A plain member of the group; for `blocked` the person who has blocked me. */
  readonly peer: TestPerson;
  /** Somebody who is in nothing of this. */
  readonly newcomer: TestPerson;
  /** A conversation of mine with the newcomer. */
  readonly otherConversationId: string;
  /** Code of the group's invite link; for `blocked` of a group of the person who has blocked me. */
  readonly inviteCode: string;
  /** A message that the caller may change at once. */
  readonly clock: { now(): number };
  /** Calls the server as somebody, and expects success. */
  readonly as: (person: TestPerson, method: string, path: string, body?: object) => Promise<Wire>;
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Wire = any;

/** People of every standing, who meet in a new group for each scene. */
export async function assemble(app: TestApp) {
  const signInAs = (name: string) => signIn(app, { name });
  const people = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await signInAs(`The ${role}`)] as const)),
  ) as Record<Role, TestPerson>;
  const [peer, newcomer, operator] = [await signInAs('Peer'), await signInAs('Newcomer'), await signInAdmin(app)];
  const as: Scene['as'] = async (person, method, path, body) => {
    const answer = await rest(app, method, path, { token: person.token, ...(body && { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const send = async (person: TestPerson, id: string): Promise<string> =>
    (await as(person, 'POST', `/conversations/${id}/messages`, { text: 'Hi' })).message.id;

  /** The blocked person with somebody new, who has blocked them: what they do with the conversation stays done. */
  async function blockedScene(common: Pick<Scene, 'me' | 'role' | 'newcomer' | 'as' | 'clock'>): Promise<Scene> {
    const { me } = common;
    const blocker = await signInAs('Blocker');
    const conversationId = await startDirect(app, me, blocker);
    const [ownMessageId, messageId] = [await send(me, conversationId), await send(blocker, conversationId)];
    const group = (await as(blocker, 'POST', '/groups', { title: 'Other' })).conversation.id;
    const { code } = await as(blocker, 'POST', `/conversations/${group}/invite`, {});
    await as(blocker, 'PUT', `/blocks/${me.id}`);
    const otherConversationId = await startDirect(app, me, newcomer);
    return { ...common, conversationId, messageId, ownMessageId, peer: blocker, otherConversationId, inviteCode: code };
  }

  /** A fresh scene. */
  async function scene(role: Role): Promise<Scene> {
    const me = people[role];
    const common = { me, role, newcomer, as, clock: app.clock };
    if (role === 'blocked') return blockedScene(common);
    const otherConversationId = role === 'suspended' ? '' : await startDirect(app, me, newcomer);
    const { owner, admin, member, former } = people;
    const ids = [admin, member, former, peer].map(({ id }) => id);
    const id: string = (await as(owner, 'POST', '/groups', { title: 'Group', people: ids })).conversation.id;
    await as(owner, 'PUT', `/conversations/${id}/members/${admin.id}/role`, { role: 'admin' });
    await as(former, 'POST', `/conversations/${id}/leave`);
    const { code } = await as(owner, 'POST', `/conversations/${id}/invite`, {});
    const messageId = await send(peer, id);
    const inIt = role === 'member' || role === 'admin' || role === 'owner';
    return {
      ...common,
      conversationId: id,
      messageId,
      ownMessageId: inIt ? await send(me, id) : messageId,
      peer,
      otherConversationId,
      inviteCode: code,
    };
  }
  await as(operator, 'PUT', `/admin/people/${people.suspended.id}/suspension`, { reason: 'Test' });
  return { scene, people };
}
