import { Agent, request } from 'node:http';
import { type Contender, freshInstallation, startParley } from './contenders.ts';
import type { LoadClient } from './load-protocol.ts';
import { fillGroup, fillPeople, idOf, withSql } from './sql.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** Sign-ins and the like that are under way at the same time. */
const width = 32;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: benchmarks say what they expect of it
  readonly body: any;
}

/** Calls the native door over a connection that is kept, or the dialect whose path begins with `//`. */
export function rest(
  server: { readonly url: string },
  method: string,
  path: string,
  options: { token?: string; body?: object } = {},
): Promise<Answer> {
  const body = options.body === undefined ? '' : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path.startsWith('//') ? path.slice(1) : `/v1${path}`}`, {
      agent,
      method,
      headers: {
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : null }));
    });
    call.end(body);
  });
}

async function expectStatus(wanted: number, answer: Promise<Answer>): Promise<Answer> {
  const { status, body } = await answer;
  if (status !== wanted && status !== 200) throw new Error(`${status} instead of ${wanted}: ${JSON.stringify(body)}`);
  return { status, body };
}

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** Signs in by phone and code; the same number gives the same person. */
export async function signIn(server: Contender, number: number): Promise<Person> {
  const phone = `+1555${String(1_000_000 + number).padStart(7, '0')}`;
  await expectStatus(202, rest(server, 'POST', '/codes', { body: { phone } }));
  let code = server.takeCode(phone);
  // The answer and the line that prints the code come over different pipes.
  for (let tries = 0; code === undefined && tries < 1_000; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    code = server.takeCode(phone);
  }
  const body = { phone, code, name: `Person ${number}` };
  const answer = await expectStatus(201, rest(server, 'POST', '/sessions/by-code', { body }));
  return { id: answer.body.profile.id, token: answer.body.tokens.accessToken };
}

export async function signInMany(server: Contender, count: number): Promise<Person[]> {
  return inParallel(
    Array.from({ length: count }, (_, i) => i),
    (i) => signIn(server, i),
  );
}

/** Pairs of people with a direct conversation: 0 and 1, 2 and 3, and so on. For a baseline, names of rooms. */
export async function pairs(server: Contender, people: number): Promise<LoadClient[]> {
  if (server.wire === 'plain') {
    return Array.from({ length: people }, (_, i) => ({ token: `p${i}`, conversationId: `c${i >> 1}` }));
  }
  const signedIn = await signInMany(server, people);
  const firsts = signedIn.filter((_, i) => i % 2 === 0);
  const conversations = await inParallel(firsts, async ({ token }, i) => {
    const personId = (signedIn[i * 2 + 1] as Person).id;
    const answer = await expectStatus(
      201,
      rest(server, 'POST', '/conversations/direct', { token, body: { personId } }),
    );
    return answer.body.conversation.id as string;
  });
  return signedIn.map(({ token }, i) => ({ token, conversationId: conversations[i >> 1] as string }));
}

/**
 * A group of which some members are online. For a baseline, a room with the same number of connections.
 *
 * @param offline members beside those who connect
 */
export async function groupOf(online: number, offline: number): Promise<{ parley: Contender; clients: LoadClient[] }> {
  const installation = await freshInstallation('postgres');
  const before = await startParley({ storage: 'postgres', installation, measured: false });
  const people = await signInMany(before, online);
  await before.stop();
  const conversationId = idOf(2, 1);
  const others = Array.from({ length: offline }, (_, i) => idOf(1, i + 1));
  await withSql(installation, async (run) => {
    await fillPeople(run, others);
    await fillGroup(run, { id: conversationId, people: [...people.map(({ id }) => id), ...others] });
  });
  const parley = await startParley({ storage: 'postgres', installation });
  return { parley, clients: people.map(({ token }) => ({ token, conversationId })) };
}

/** Connections of a baseline that are all in one room. */
export const roomOf = (connections: number): LoadClient[] =>
  Array.from({ length: connections }, (_, i) => ({ token: `p${i}`, conversationId: 'room' }));

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [i, item] of queue) results[i] = await work(item, i);
    }),
  );
  return results;
}
