import { inputSchema, nativeOperations } from '../../src/api/index.ts';
import { expectDecent, harmful } from '../harness/bad-input.ts';
import { callOperation } from '../harness/call-operation.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { Random } from '../harness/random.ts';
import type { TestApp } from '../harness/start-app.ts';
import { inputFor, type Pool } from './generate.ts';

const operations = nativeOperations({} as never).filter(({ name }) => !harmful.has(name));

/** Stands in everything that is none of the attackers' business. */
const secret = 'SECRET-7c1f';

interface Attacker {
  readonly person: TestPerson;
  readonly device: Device;
}

export interface Campaign {
  /** Calls every operation this often with made-up input. */
  run(inputsEach: number): Promise<void>;
  /** Something was said to an attacker that is not theirs, or something of others has changed. */
  readonly leaks: readonly string[];
  close(): void;
}

/**
 * Three people who know the ids of everything call every operation with near-correct input, over REST and sockets,
 * beside two others whose conversation is none of their business.
 */
export async function startCampaign(app: TestApp, seed: number): Promise<Campaign> {
  const random = new Random(seed);
  const [ann, cy] = [await signIn(app, { name: 'Ann' }), await signIn(app, { name: 'Cy' })];
  const others = [await signIn(app), await signIn(app), await signIn(app)];
  const [eve, mallory, trent] = others as [TestPerson, TestPerson, TestPerson];
  const hidden = await hideSecrets(app, ann, cy);
  const attackers: Attacker[] = [];
  const leaks: string[] = [];
  const inspect = (what: string, text: string): void => {
    for (const told of [secret, ann.phone, cy.phone]) {
      if (text.includes(told)) leaks.push(`${what} told ${told}: ${text.slice(0, 500)}`);
    }
  };
  for (const person of others) {
    const device = await connect(app, person.token);
    device.socket.on('events', (events) => inspect('an event', JSON.stringify(events)));
    attackers.push({ person, device });
  }
  const shared = [await startDirect(app, eve, mallory), await startDirect(app, mallory, trent)];
  const pool = new GrowingPool([ann, cy, ...others], [...shared, ...hidden.conversationIds], hidden.messageIds);

  async function attack(operation: (typeof operations)[number]): Promise<void> {
    const { person, device } = random.pick(attackers);
    const chaos = random.pick([0, 0, 0.05, 0.3]);
    const input = inputFor(random, inputSchema(operation), pool.values, chaos);
    const what = `${operation.name} ${JSON.stringify(input)?.slice(0, 500)}`;
    if (operation.socket && random.chance(0.5)) {
      const answer = await device.socket.timeout(20_000).emitWithAck(operation.name, input);
      const text = JSON.stringify(answer);
      inspect(what, text);
      pool.learn(operation.name, answer.data);
      if (!answer.ok) expectDecent(answer.error.code === 'internal' ? 500 : 400, `${what} ${text}`);
      return;
    }
    const { status, text, body } = await callOperation(app, person.token, operation, asObject(input));
    inspect(what, text);
    pool.learn(operation.name, body);
    expectDecent(status >= 500 ? 500 : status, `${what} ${status} ${text}`);
  }

  return {
    leaks,
    async run(inputsEach) {
      const before = await hidden.state();
      for (let round = 0; round < inputsEach; round += 1) {
        await Promise.all(operations.map(attack));
      }
      for (const { device } of attackers) await device.settled();
      if ((await hidden.state()) !== before) leaks.push('Something of others has changed.');
    },
    close: () => {
      for (const { device } of attackers) device.close();
    },
  };
}

/** A conversation, a profile and whatever else holds secrets of two people. */
async function hideSecrets(app: TestApp, ann: TestPerson, cy: TestPerson) {
  const direct = await startDirect(app, ann, cy);
  const call = async (method: string, path: string, body?: object) =>
    (await rest(app, method, path, { token: ann.token, body })).body;
  const group = await call('POST', '/groups', {
    title: `${secret} title`,
    description: `${secret} description`,
    people: [cy.id],
  });
  const conversationIds: string[] = [direct, group.conversation.id];
  const messageIds: string[] = [];
  for (const id of conversationIds) {
    const path = `/conversations/${id}/messages`;
    for (let n = 0; n < 5; n += 1) {
      messageIds.push((await call('POST', path, { text: `${secret} message ${n}` })).message.id);
    }
    await call('PATCH', `/conversations/${id}/me`, { customName: `${secret} name` });
  }
  await call('POST', '/contacts', { personId: cy.id, name: `${secret} contact` });
  const state = async (): Promise<string> => {
    const seen = await Promise.all(
      [ann, cy].map(async ({ token }) => {
        const paths = ['/conversations', ...conversationIds.map((id) => `/conversations/${id}/messages`), '/contacts'];
        return Promise.all(paths.map(async (path) => (await rest(app, 'GET', path, { token })).body));
      }),
    );
    const foreign = (conversation: { id: string }) => conversationIds.includes(conversation.id);
    return JSON.stringify(seen.map(([list, ...rest]) => [list.items.filter(foreign).map(withoutProfiles), ...rest]));
  };
  return { conversationIds, messageIds, state };
}

/** Presence and profiles of the two are their own to change. */
function withoutProfiles(conversation: { members: unknown; version: unknown }): object {
  return { ...conversation, members: null, version: null };
}

const asObject = (input: unknown): Record<string, unknown> =>
  typeof input === 'object' && input !== null ? { ...input } : {};

/** Ids and codes to draw from: those that were given, and those that answers have told since. */
class GrowingPool {
  readonly values: Record<string, string[]>;

  constructor(people: readonly TestPerson[], conversationIds: readonly string[], messageIds: readonly string[]) {
    const personIds = people.map(({ id }) => id);
    this.values = {
      personId: [...personIds],
      people: [...personIds],
      ids: [personIds.join(',')],
      conversationId: [...conversationIds],
      messageId: [...messageIds],
      replyTo: [...messageIds],
      sessionId: people.slice(0, 2).map(({ sessionId }) => sessionId),
      anyId: [...personIds, ...conversationIds, ...messageIds],
    };
  }

  /** Remembers ids by the name of what they are of, as in `contactId` for `contacts.add`. */
  learn(operation: string, data: unknown): void {
    const noun = operation.split('.').at(-2) ?? '';
    this.#visit(data, `${noun.replace(/s$/, '')}Id`);
  }

  #visit(value: unknown, nameOfId: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (typeof part === 'object') this.#visit(part, Array.isArray(value) ? nameOfId : `${key.replace(/s$/, '')}Id`);
      else if (typeof part === 'string' && /^(id|.*Id|code|next)$/.test(key)) {
        this.#add(key === 'id' ? (nameOfId === 'itemId' ? 'anyId' : nameOfId) : key === 'next' ? 'cursor' : key, part);
      }
    }
  }

  #add(name: string, value: string): void {
    if (name === 'sessionId' || name === 'clientId') return;
    const known = this.values[name] ?? [];
    this.values[name] = known;
    if (known.length < 200 && !known.includes(value)) known.push(value);
  }
}

export type { Pool };
