import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { Replica } from '../harness/replica.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let people: TestPerson[];
beforeAll(async () => {
  app = await startTestApp();
  people = [await signIn(app), await signIn(app)];
});
afterAll(() => app.close());

const nat = (max: number) => fc.nat({ max });
const who = nat(1);
const watermark = fc.oneof(nat(12), fc.constant(Number.MAX_SAFE_INTEGER));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who, count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('mark' as const), who, read: watermark, delivered: watermark }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('return' as const), who, to: nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), who, to: nat(9) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A person's client: connected or not, with all the states that it ever held. */
class Client {
  readonly person: TestPerson;
  replica: Replica;
  device: Device | null = null;
  readonly saved: Replica['held'][] = [];

  constructor(person: TestPerson) {
    this.person = person;
    this.replica = new Replica(person.id);
  }

  save(): void {
    this.saved.push(structuredClone(this.replica.held));
  }

  async connect(state?: Replica['held']): Promise<void> {
    this.device?.close();
    if (state) {
      this.replica = new Replica(this.person.id);
      for (const [id, held] of structuredClone(state)) this.replica.held.set(id, held);
    }
    this.device = await connect(app, this.person.token, { sync: false });
    await this.replica.syncOver(this.device);
    const watched = people.map(({ id }) => id).join(',');
    await this.device.command('presence.watch', { people: watched });
  }
}

async function perform(action: Step, clients: Client[], conversationId: string, sent: object[]): Promise<void> {
  const client = clients[action.who] as Client;
  const { device, replica, person } = client;
  client.save();
  const command = (name: string, input: object, apply: (data: never) => void) =>
    device
      ? device.command(name, input, apply as (data: unknown) => void)
      : connect(app, person.token).then(async (other) => {
          await other.command(name, input);
          other.close();
        });
  if (action.do === 'send') {
    const inputs = Array.from({ length: action.count }, (_, i) => ({
      conversationId,
      text: `Message ${sent.length + i}`,
      clientId: `c${sent.length + i}`,
    }));
    sent.push(...inputs.map((input) => ({ who: action.who, input })));
    await Promise.all(
      inputs.map((input) => command('messages.send', input, ({ message }) => replica.message(message))),
    );
  } else if (action.do === 'repeat') {
    const earlier = sent.findLast((one) => (one as { who: number }).who === action.who) as
      | { input: object }
      | undefined;
    if (earlier) await command('messages.send', earlier.input, ({ message }) => replica.message(message));
  } else if (action.do === 'mark') {
    const { read, delivered } = action;
    await command('receipts.mark', { conversationId, read, delivered }, (receipt) => replica.receipt(receipt));
  } else if (action.do === 'leave') {
    device?.close();
    client.device = null;
  } else if (action.do === 'return') {
    await client.connect(client.saved[action.to % client.saved.length]);
  } else {
    await rest(app, 'PATCH', '/me', { token: person.token, body: { name: `Name ${action.to}` } });
  }
}

test('whatever two people do, in whatever order, and from wherever they resume, their clients show what is', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
    people = [await signIn(app), await signIn(app)];
    const conversationId = await startDirect(app, people[0] as TestPerson, people[1] as TestPerson);
    const clients = people.map((person) => new Client(person));
    for (const client of clients) await client.connect();
    const sent: object[] = [];
    // Neighbours run at once where different people do them.
    for (let i = 0; i < steps.length; i += 1) {
      const [one, two] = [steps[i] as Step, steps[i + 1]];
      const together = two && two.who !== one.who ? [one, two] : [one];
      await Promise.all(together.map((action) => perform(action, clients, conversationId, sent)));
      i += together.length - 1;
    }
    for (const client of clients) if (!client.device) await client.connect();
    for (const client of clients) {
      await client.device?.settled();
      const { token, id } = client.person;
      const fresh = new Replica(id);
      await fresh.sync(async (input) => (await rest(app, 'POST', '/sync', { token, body: input })).body);
      expect(client.replica.faults).toEqual([]);
      expect(client.replica.view()).toEqual(fresh.view());
      const history = await rest(app, 'GET', `/conversations/${conversationId}/messages?after=0&limit=100`, { token });
      expect(client.replica.held.get(conversationId)?.messages).toEqual(history.body.items);

      const [conversation] = fresh.view();
      expect(conversation.lastSeq).toBe(sent.length);
      expect(history.body.items.map(({ seq }: { seq: number }) => seq)).toEqual(sent.map((_, i) => i + 1));
      for (const { read, delivered } of conversation.members) {
        expect(read).toBeGreaterThanOrEqual(0);
        expect(delivered).toBeGreaterThanOrEqual(read);
        expect(conversation.lastSeq).toBeGreaterThanOrEqual(delivered);
      }
      const mine = conversation.members.find((member: { person: { id: string } }) => member.person.id === id);
      const recount = history.body.items.filter(
        (message: { seq: number; senderId: string }) => message.seq > mine.read && message.senderId !== id,
      );
      expect(conversation.unread).toBe(recount.length);
      const unread = await rest(app, 'GET', '/unread', { token });
      expect(unread.body).toMatchObject({ messages: recount.length, conversations: recount.length > 0 ? 1 : 0 });
      client.device?.close();
    }
  });
  await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 20_000 });
}, 60_000);

test('any series of marks ends where its highest ones say', async () => {
  const marks = fc.array(
    fc.record({ read: fc.option(watermark, { nil: undefined }), delivered: fc.option(watermark, { nil: undefined }) }),
    { minLength: 1, maxLength: 12 },
  );
  const property = fc.asyncProperty(nat(10), marks, async (messages, series) => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const conversationId = await startDirect(app, ann, bob);
    const [sender, reader] = [await connect(app, ann.token), await connect(app, bob.token)];
    const send = (_: unknown, i: number) => sender.command('messages.send', { conversationId, text: `${i}` });
    await Promise.all(Array.from({ length: messages }, send));
    const answers = await Promise.all(
      series.map((mark) => reader.command('receipts.mark', JSON.parse(JSON.stringify({ conversationId, ...mark })))),
    );
    const highest = (of: (mark: (typeof series)[number]) => number[]) =>
      Math.min(messages, Math.max(0, ...series.flatMap(of)));
    const read = highest((mark) => [mark.read ?? 0]);
    const delivered = highest((mark) => [mark.read ?? 0, mark.delivered ?? 0]);
    expect(answers.at(-1)).toMatchObject({ read, delivered });
    await sender.settled();
    const told = sender.events.filter(({ type }) => type === 'receipt.updated').map(({ data }) => data);
    expect(told.map((one) => one.read)).toEqual(told.map((one) => one.read).sort((a, b) => a - b));
    if (delivered > 0) expect(told.at(-1)).toMatchObject({ read, delivered });
    for (const device of [sender, reader]) device.close();
  });
  await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 15_000 });
}, 60_000);
