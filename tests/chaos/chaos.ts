import { type Client, type ClientStorage, createClient, type Message, memoryStorage } from '../../sdk/src/index.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { Random } from '../harness/random.ts';
import { until } from '../harness/until.ts';
import { differences, fetchMessages, messageDifferences } from './check-client.ts';
import { ServerProcess } from './server-process.ts';

export interface ChaosOptions {
  /** `url`: an empty PostgreSQL database. */
  readonly storage: 'embedded' | { readonly url: string };
  /** A migrated data directory to copy, which saves the embedded database's first start. */
  readonly template?: string;
  readonly seed: number;
  /** How many people talk. */
  readonly clients?: number;
  /** How often the server is killed. */
  readonly kills?: number;
  /** How many acknowledgements there are between two kills. */
  readonly acksPerKill?: number;
}

export interface ChaosResult {
  readonly seed: number;
  readonly conversations: number;
  readonly messages: number;
  /** Acknowledgements that reached the sender's promise. */
  readonly acked: number;
  readonly kills: number;
  /** Sockets that were cut. */
  readonly cuts: number;
  /** Clients that died and began anew on what they had stored. */
  readonly deaths: number;
  readonly milliseconds: number;
}

/** A promise of section "What the engine promises" was broken. */
export class ChaosViolation extends Error {
  constructor(seed: number, violations: readonly string[], tail: string) {
    super(`seed ${seed}:\n${violations.slice(0, 20).join('\n')}\nLast lines of the server:\n${tail}`);
    this.name = 'ChaosViolation';
  }
}

/** One device of a person. Dies and begins anew with the same storage. */
interface Device {
  readonly person: number;
  readonly storage: ClientStorage;
  client: Client;
}

interface Sent {
  readonly clientId: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly text: string;
  /** Place among what the device has sent in the conversation. */
  readonly order: number;
  readonly device: Device;
  acked: { readonly id: string | null; readonly seq: number | null } | null;
}

/** How many messages of a device may be on their way at once. */
const maxWaiting = 4;

/**
 * Runs many clients against a real server that is killed again and again while they talk and lose their connections.
 *
 * @throws ChaosViolation where at the end anything is lost, doubled, out of order, or shown otherwise than it is
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { storage, seed, clients = 20, kills = 5, acksPerKill = 200 } = options;
  const startedAt = performance.now();
  const random = new Random(seed);
  const directory = temporaryDirectory();
  if (storage === 'embedded' && options.template) copyTemplate(options.template, directory.path);
  const server = new ServerProcess({
    PARLEY_DATA_DIR: directory.path,
    ...(storage !== 'embedded' && { DATABASE_URL: storage.url }),
  });
  const devices: Device[] = [];
  try {
    await server.start();
    for (let person = 0; person < clients; person += 1) devices.push(await signIn(server, person));
    // Some people have a second device.
    for (let person = 0; person < clients; person += 7) devices.push(await signIn(server, person));
    const conversations = await startConversations(devices.slice(0, clients));

    const run = new Run(random, devices, conversations, server.url);
    for (let kill = 0; kill < kills; kill += 1) {
      await run.untilAcked((kill + 1) * acksPerKill);
      await server.kill();
      await server.start();
    }
    await run.untilAcked((kills + 1) * acksPerKill);
    await run.stop();
    await until(
      () => `all queues are empty: ${devices.map(({ client }) => `${client.connection} ${client.queued}`)}`,
      () => devices.every(({ client }) => client.settled),
      30_000,
    );
    const { messages, violations } = await check(run.sent, devices, conversations);
    if (violations.length > 0) throw new ChaosViolation(seed, violations, server.tail);
    return {
      seed,
      conversations: conversations.size,
      messages,
      acked: run.acked,
      kills,
      cuts: run.cuts,
      deaths: run.deaths,
      milliseconds: Math.round(performance.now() - startedAt),
    };
  } finally {
    for (const { client } of devices) client.close();
    await server.kill();
    directory.remove();
  }
}

async function signIn(server: ServerProcess, person: number): Promise<Device> {
  const storage = memoryStorage();
  const client = await createClient({ url: server.url, storage });
  const phone = `+1555010${String(1_000 + person)}`;
  const before = server.codeFor(phone);
  await client.requestCode(phone);
  await until(`a code for ${phone} is printed`, () => {
    const code = server.codeFor(phone);
    return code !== undefined && code !== before;
  });
  await client.signInWithCode({ phone, code: server.codeFor(phone) as string, name: `Person ${person}` });
  return { person, storage, client };
}

/** Everybody talks to both neighbours and to the person opposite. Conversation id to the people in it. */
async function startConversations(devices: readonly Device[]): Promise<Map<string, readonly number[]>> {
  const conversations = new Map<string, readonly number[]>();
  const count = devices.length;
  const pairs = devices.flatMap(({ person }) => [
    [person, (person + 1) % count],
    [person, (person + Math.floor(count / 2)) % count],
  ]) as [number, number][];
  await Promise.all(
    pairs.map(async ([one, other]) => {
      const { client } = devices[one] as Device;
      const peer = devices[other] as Device;
      const { id } = await client.startDirect(peer.client.me?.id ?? '');
      conversations.set(id, [one, other]);
    }),
  );
  return conversations;
}

/** Everybody sends as fast as acknowledgements come, while connections are cut and clients die at random. */
class Run {
  readonly sent: Sent[] = [];
  acked = 0;
  cuts = 0;
  deaths = 0;
  readonly #random: Random;
  readonly #devices: readonly Device[];
  readonly #conversations: ReadonlyMap<string, readonly number[]>;
  readonly #url: string;
  readonly #reacting = new Set<Promise<void>>();
  #running = true;
  #working: Promise<unknown>;

  constructor(
    random: Random,
    devices: readonly Device[],
    conversations: ReadonlyMap<string, readonly number[]>,
    url: string,
  ) {
    this.#random = random;
    this.#devices = devices;
    this.#conversations = conversations;
    this.#url = url;
    this.#working = Promise.all(devices.map((device) => this.#talk(device)));
  }

  async untilAcked(count: number): Promise<void> {
    const talking = this.#working.then(() => {
      throw new Error('Nobody talks any more.');
    });
    const reached = until(
      () => `${count} messages are acknowledged, of which ${this.acked} are: ${this.#states()}`,
      () => this.acked >= count,
      60_000,
    );
    await Promise.race([reached, talking]);
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#working.catch(() => {});
    await Promise.all(this.#reacting);
  }

  #states(): string {
    return this.#devices.map(({ client }) => `${client.connection} ${client.queued}`).join(', ');
  }

  async #talk(device: Device): Promise<void> {
    const random = this.#random;
    const mine = [...this.#conversations].filter(([, people]) => people.includes(device.person)).map(([id]) => id);
    while (this.#running) {
      const conversationId = random.pick(mine);
      if (random.chance(0.04)) {
        device.client.dropConnection();
        this.cuts += 1;
      }
      if (random.chance(0.004)) {
        device.client.close();
        device.client = await createClient({ url: this.#url, storage: device.storage });
        this.deaths += 1;
        continue;
      }
      if (random.chance(0.2)) void device.client.markRead(conversationId);
      if (random.chance(0.05)) device.client.setTyping(conversationId);
      if (random.chance(0.1)) this.#react(device, conversationId);
      if (device.client.queued < maxWaiting) this.#send(device, conversationId);
      // Not faster than acknowledgements come, and as slow as while the server is gone.
      await until(
        () => `there is room in the queue: ${device.person} is ${device.client.connection}; ${this.#states()}`,
        () => device.client.queued < maxWaiting || !this.#running,
        60_000,
      );
    }
  }

  /** Whether it comes to pass is not promised; but all must show the same at the end. */
  #react({ client }: Device, conversationId: string): void {
    const last = client.messages(conversationId).findLast(({ id }) => id !== null);
    if (!last?.id) return;
    const emoji = this.#random.pick(['👍', '🎉', null]);
    const done = client.messageActions.react(conversationId, last.id, emoji).catch(() => {});
    this.#reacting.add(done);
    void done.then(() => this.#reacting.delete(done));
  }

  #send(device: Device, conversationId: string): void {
    const { client } = device;
    const order = this.sent.filter((each) => each.device === device && each.conversationId === conversationId).length;
    const text = `${device.person} says ${order}`;
    const { message, acked } = client.send(conversationId, text);
    const sent: Sent = {
      clientId: message.clientId as string,
      conversationId,
      senderId: message.senderId,
      text,
      order,
      device,
      acked: null,
    };
    this.sent.push(sent);
    acked.then(
      ({ id, seq }) => {
        sent.acked = { id, seq };
        this.acked += 1;
      },
      (error: { code?: string }) => {
        // Its client died; whether it was stored is seen at the end.
        if (error.code !== 'closed') this.#working = Promise.reject(error);
      },
    );
  }
}

/** Compares what clients were promised, what they show, and what the server has. */
async function check(
  sent: readonly Sent[],
  devices: readonly Device[],
  conversations: ReadonlyMap<string, readonly number[]>,
): Promise<{ messages: number; violations: string[] }> {
  const violations: string[] = [];
  const stored = new Map<string, Message[]>();
  for (const [id, [person]] of conversations) {
    stored.set(id, await fetchMessages((devices[person as number] as Device).client, id));
  }

  for (const [id, messages] of stored) {
    messages.forEach(({ seq }, index) => {
      if (seq !== index + 1) violations.push(`${id}: seq ${seq} is at place ${index + 1}`);
    });
  }
  const all = [...stored.values()].flat();
  if (new Set(all.map(({ id }) => id)).size !== all.length) violations.push('An id occurs twice.');
  const byName = Map.groupBy(all, ({ senderId, clientId }) => `${senderId} ${clientId}`);
  for (const [name, { length }] of byName) if (length > 1) violations.push(`${name} is stored ${length} times`);
  if (all.length > sent.length) violations.push(`${all.length} messages are stored and ${sent.length} were sent`);

  const lastOf = new Map<string, { order: number; seq: number }>();
  for (const each of sent) {
    const { clientId, conversationId, text, acked } = each;
    const message = byName.get(`${each.senderId} ${clientId}`)?.[0];
    if (!message) {
      violations.push(`lost: ${text} (${clientId}), ${acked ? `acknowledged as ${acked.id}` : 'not acknowledged'}`);
      continue;
    }
    if (message.conversationId !== conversationId || message.text !== text) violations.push(`changed: ${text}`);
    if (acked && (acked.id !== message.id || acked.seq !== message.seq)) {
      violations.push(`${text} was acknowledged as ${acked.id}, ${acked.seq} and is ${message.id}, ${message.seq}`);
    }
    const queue = `${devices.indexOf(each.device)} ${conversationId}`;
    const last = lastOf.get(queue);
    if (last && last.seq > message.seq) violations.push(`${text} overtook the message before it`);
    lastOf.set(queue, { order: each.order, seq: message.seq });
  }

  for (const device of devices) {
    // Receipts of others may still be on their way to this one.
    let found: string[] = [];
    const same = until(
      () => 'nothing differs',
      async () => {
        found = await differences(device.client);
        return found.length === 0;
      },
      10_000,
    );
    await same.catch(() => violations.push(...found.map((line) => `device ${devices.indexOf(device)}: ${line}`)));
    for (const [id, people] of conversations) {
      if (!people.includes(device.person)) continue;
      violations.push(...(await messageDifferences(device.client, id, stored.get(id) ?? [])));
    }
  }
  return { messages: all.length, violations };
}
