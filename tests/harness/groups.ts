import { type Answer, rest, signIn, type TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

type Server = Pick<TestApp, 'url'>;

/** A group with one person of each role. */
export interface TestGroup {
  readonly id: string;
  readonly owner: TestPerson;
  readonly admin: TestPerson;
  readonly member: TestPerson;
}

export async function createGroup(
  app: Server,
  owner: TestPerson,
  options: { title?: string; people?: readonly TestPerson[] } = {},
): Promise<{ id: string }> {
  const { title = 'Group', people = [] } = options;
  const body = { title, people: people.map(({ id }) => id) };
  const answer = await rest(app, 'POST', '/groups', { token: owner.token, body });
  if (answer.status !== 201) throw new Error(`No group was made: ${JSON.stringify(answer.body)}`);
  return { id: answer.body.conversation.id };
}

/** A new group of new people. */
export async function groupOf(app: TestApp): Promise<TestGroup> {
  const [owner, admin, member] = [await signIn(app), await signIn(app), await signIn(app)];
  const { id } = await createGroup(app, owner, { people: [admin, member] });
  await setRole(app, owner, id, admin.id, 'admin');
  return { id, owner, admin, member };
}

export const addMembers = (app: Server, by: TestPerson, id: string, people: readonly string[]): Promise<Answer> =>
  rest(app, 'POST', `/conversations/${id}/members`, { token: by.token, body: { people } });

export const removeMember = (app: Server, by: TestPerson, id: string, personId: string): Promise<Answer> =>
  rest(app, 'DELETE', `/conversations/${id}/members/${personId}`, { token: by.token });

export const setRole = (app: Server, by: TestPerson, id: string, personId: string, role: string): Promise<Answer> =>
  rest(app, 'PUT', `/conversations/${id}/members/${personId}/role`, { token: by.token, body: { role } });

export const leave = (app: Server, person: TestPerson, id: string): Promise<Answer> =>
  rest(app, 'POST', `/conversations/${id}/leave`, { token: person.token });

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
export async function viewOf(app: Server, person: TestPerson, id: string): Promise<any> {
  const answer = await rest(app, 'GET', `/conversations/${id}`, { token: person.token });
  if (answer.status !== 200) throw new Error(`No such conversation: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The first 100 messages that a person sees. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
export async function history(app: Server, person: TestPerson, id: string): Promise<any[]> {
  return (await rest(app, 'GET', `/conversations/${id}/messages?after=0&limit=100`, { token: person.token })).body
    .items;
}

/** What the system says in a conversation. */
export async function systemMessages(app: Server, person: TestPerson, id: string): Promise<unknown[]> {
  return (await history(app, person, id)).filter(({ kind }) => kind === 'system').map(({ content }) => content);
}

/** Makes accounts past the sign-in, for groups that need many: nobody signs in with them. */
export async function insertPeople(app: TestApp, count: number, name = 'Crowd'): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, i) => ({
    id: crypto.randomUUID(),
    name: `${name} ${i}`,
    username: null,
    about: '',
    search: ` ${name.toLowerCase()} ${i}`,
    role: 'user' as const,
    version: 1,
    created_at: new Date(app.clock.now()),
  }));
  for (let from = 0; from < count; from += 1_000) {
    const batch = rows.slice(from, from + 1_000);
    await app.app.database.write(({ sql }) => sql.insertInto('people').values(batch).execute());
  }
  return rows.map(({ id }) => id);
}

/**
 * A group of people with its settings.
 *
 * @returns its id
 */
export async function makeGroup(
  app: TestApp,
  owner: TestPerson,
  members: readonly TestPerson[],
  options: { admins?: readonly TestPerson[]; whoCanSend?: 'all' | 'admins'; whoCanEdit?: 'all' | 'admins' } = {},
): Promise<string> {
  const { admins = [], ...settings } = options;
  const { id } = await createGroup(app, owner, { people: members });
  for (const admin of admins) await setRole(app, owner, id, admin.id, 'admin');
  if (Object.keys(settings).length > 0) {
    await rest(app, 'PATCH', `/groups/${id}`, { token: owner.token, body: { settings } });
  }
  return id;
}

/** Puts somebody into a group; the number of its members stays as it is. */
export async function addMember(
  app: TestApp,
  groupId: string,
  person: TestPerson,
  { role = 'member', historyFrom = 0 }: { role?: 'owner' | 'admin' | 'member'; historyFrom?: number } = {},
): Promise<void> {
  await app.app.database.write(async ({ sql }) => {
    await sql
      .insertInto('members')
      .values({
        conversation_id: groupId,
        person_id: person.id,
        joined_at: new Date(app.clock.now()),
        left_at: null,
        read_seq: historyFrom,
        delivered_seq: historyFrom,
        shown_read_seq: historyFrom,
        history_from: historyFrom,
        role,
      })
      .execute();
  });
}
