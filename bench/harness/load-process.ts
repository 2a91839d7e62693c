/** The load generator. It speaks to Parley and to the baselines with the same code; only the names on the wire differ. */
import { Agent, request } from 'node:http';
import {
  type ConnectRequest,
  type Counts,
  distribution,
  type LoadClient,
  type LoadCommands,
  type OpenLoopRequest,
  type OpenLoopResult,
  type SaturateRequest,
  type StormRequest,
  type StormResult,
  type Wire,
} from './load-protocol.ts';
import { RawSocket } from './raw-socket.ts';

const filler = 'The quick brown fox jumps over the lazy dog, and the dog thinks about it. Lunch at one, as always?';
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const namespaces: Record<Wire, string> = {
  parley: '/v1',
  chatapp: '/chatapp',
  convospace: '/convospace',
  plain: '/',
};

interface WireMessage {
  readonly seq?: number;
  readonly clientId: string;
}

const counts = { sent: 0, acked: 0, delivered: 0, marked: 0, outOfOrder: 0, failed: 0 };
let clients: Client[] = [];
let sending: SaturateRequest | null = null;
let recipients = 1;
let markEvery: number | null = null;
/** In the open loop: when each message was due, by clientId. */
const due = new Map<string, number>();
const deliveries: number[] = [];
const acks: number[] = [];

class Client {
  readonly #index: number;
  readonly #spec: LoadClient;
  readonly #url: string;
  readonly #wire: Wire;
  #socket: RawSocket | null = null;
  #sent = 0;
  /** By sender. */
  readonly #lastSeen = new Map<string, number>();
  #toMark = 0;
  #markedAt = 0;
  #marking = false;
  #greeted = (): void => {};
  /** By what clients of convospace call the conversation, and the other one. */
  #numbers = { conversation: 0, other: 0 };
  #lastId = '';
  readonly #confirmations = new Map<string, () => void>();

  constructor(index: number, spec: LoadClient, { url, wire }: ConnectRequest) {
    this.#index = index;
    this.#spec = spec;
    this.#url = url;
    this.#wire = wire;
  }

  async connect(): Promise<void> {
    const wire = this.#wire;
    const greeted = Promise.withResolvers<void>();
    this.#greeted = greeted.resolve;
    const socket = await RawSocket.connect(this.#url, namespaces[wire], { token: this.#spec.token }, (payload) =>
      this.#onEvent(payload),
    );
    if (wire === 'parley') await socket.command('sync', {});
    else if (wire === 'plain') await socket.command('join', [this.#spec.conversationId]);
    else if (wire === 'chatapp') await greeted.promise;
    else await this.#learnNumbers(socket);
    this.#socket = socket;
  }

  async #learnNumbers(socket: RawSocket): Promise<void> {
    const get = async (path: string) => {
      const headers = { authorization: `Bearer ${this.#spec.token}` };
      const answer = await fetch(`${this.#url}/convospace/api${path}`, { headers });
      return JSON.parse(await answer.text()).data;
    };
    const [{ id }, [conversation]] = [await get('/user/profile'), await get('/conversations')];
    const { user_one_id: one, user_two_id: two } = conversation;
    this.#numbers = { conversation: conversation.id, other: one === id ? two : one };
    // Events are handled one after the other: with the answer it is signed in.
    await new Promise<void>((resolve) =>
      socket.send('typing:stop', `{"conversation_id":${conversation.id}}`, () => resolve()),
    );
  }

  /** Keeps sending, one message after the other, as long as the load lasts. */
  keepSending(): void {
    if (!sending) return;
    const { pause: rest = 0, via } = sending;
    const next = rest > 0 ? () => void setTimeout(() => this.keepSending(), rest) : () => this.keepSending();
    if (via === 'socket') this.send(next);
    else this.#post(next);
  }

  /** @returns the clientId */
  send(onAck: () => void): string {
    const { clientId, input } = this.#next();
    if (this.#wire === 'chatapp' || this.#wire === 'convospace') {
      // Their clients ask for no acknowledgement: an event confirms.
      this.#confirmations.set(clientId, onAck);
      this.#socket?.emit(this.#wire === 'chatapp' ? 'send_message' : 'message:send', input);
      return clientId;
    }
    this.#socket?.send('messages.send', input, (payload) => {
      if (payload.startsWith('[{"ok":true')) counts.acked += 1;
      else counts.failed += 1;
      onAck();
    });
    return clientId;
  }

  #confirmed(clientId: string, sent: boolean): void {
    if (sent) counts.acked += 1;
    else counts.failed += 1;
    const onAck = this.#confirmations.get(clientId);
    this.#confirmations.delete(clientId);
    onAck?.();
  }

  #next(): { clientId: string; input: string } {
    this.#sent += 1;
    counts.sent += 1;
    const clientId = `${this.#index}-${this.#sent}`;
    const { conversationId } = this.#spec;
    if (this.#wire === 'chatapp') {
      const content = `{"type":"text","text":"${filler}"}`;
      const input = `{"chatId":"${conversationId}","content":${content},"replyTo":null,"mentions":null,"tempId":"${clientId}"}`;
      return { clientId, input };
    }
    if (this.#wire === 'convospace') {
      const { conversation, other } = this.#numbers;
      const text = `${filler}#${clientId}`;
      return { clientId, input: `{"conversation_id":${conversation},"receiver_id":${other},"message_text":"${text}"}` };
    }
    return { clientId, input: `{"conversationId":"${conversationId}","text":"${filler}","clientId":"${clientId}"}` };
  }

  #post(onAck: () => void): void {
    const { clientId } = this.#next();
    const body = `{"text":"${filler}","clientId":"${clientId}"}`;
    const post = request(`${this.#url}/v1/conversations/${this.#spec.conversationId}/messages`, {
      agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#spec.token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    post.on('response', (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 201) counts.acked += 1;
        else counts.failed += 1;
        onAck();
      });
    });
    post.on('error', () => {
      counts.failed += 1;
      setTimeout(onAck, 100);
    });
    post.end(body);
  }

  #onEvent(payload: string): void {
    const [name, argument] = JSON.parse(payload);
    if (name === 'message') this.#onMessage(argument);
    else if (name === 'authenticated') this.#greeted();
    else if (name === 'message_sent') this.#confirmed(argument.tempId, true);
    else if (name === 'message_error') this.#confirmed(argument.tempId, false);
    else if (name === 'message:sent') this.#confirmed(clientIdIn(argument.message_text), true);
    else if (name === 'message:error') this.#confirmed(this.#confirmations.keys().next().value ?? '', false);
    else if (name === 'message:receive') this.#onMessage({ clientId: clientIdIn(argument.message_text) });
    else if (name === 'new_message') {
      if (argument.tempId.startsWith(`${this.#index}-`)) return;
      this.#lastId = argument.message._id;
      // Its clients know no places: they mark the last message that has come.
      this.#toMark += 1;
      this.#onMessage({ clientId: argument.tempId });
    } else if (name === 'events') {
      for (const { type, data } of argument) {
        // What it sent itself comes back where it was sent over REST.
        if (type === 'message.created' && !data.message.clientId.startsWith(`${this.#index}-`)) {
          this.#onMessage(data.message);
        }
      }
    }
  }

  #onMessage({ clientId, seq = 0 }: WireMessage): void {
    counts.delivered += 1;
    const dash = clientId.indexOf('-');
    const [sender, number] = [clientId.slice(0, dash), Number(clientId.slice(dash + 1))];
    if (number < (this.#lastSeen.get(sender) ?? 0)) counts.outOfOrder += 1;
    this.#lastSeen.set(sender, number);
    const dueAt = due.get(clientId);
    if (dueAt !== undefined) {
      due.delete(clientId);
      deliveries.push(performance.now() - dueAt);
    }
    if (seq > this.#toMark) this.#toMark = seq;
    // At convospace the server itself marks what has reached a client.
    const marks = this.#wire === 'parley' || this.#wire === 'chatapp';
    if (markEvery !== null && marks && !this.#marking) this.#mark(markEvery);
  }

  /** Marks what was delivered: at once, but not before the last mark was answered and the pause is over. */
  #mark(pause: number): void {
    this.#marking = true;
    setTimeout(
      () => {
        const delivered = this.#toMark;
        this.#markedAt = performance.now();
        counts.marked += 1;
        const chatapp = this.#wire === 'chatapp';
        const input = chatapp
          ? `{"messageId":"${this.#lastId}"}`
          : `{"conversationId":"${this.#spec.conversationId}","delivered":${delivered}}`;
        this.#socket?.send(chatapp ? 'message_delivered' : 'receipts.mark', input, () => {
          this.#marking = false;
          if (this.#toMark > delivered) this.#mark(pause);
        });
      },
      Math.max(0, this.#markedAt + pause - performance.now()),
    );
  }
}

/** Clients of convospace have no place for a name of their own: it is at the end of the text. */
const clientIdIn = (text: string): string => text.slice(text.lastIndexOf('#') + 1);

const commands: LoadCommands = {
  async connect(request) {
    const added = request.clients.map((spec, i) => new Client(clients.length + i, spec, request));
    await inParallel(added, request.concurrency, (client) => client.connect());
    clients = [...clients, ...added];
    return null;
  },

  async saturate(request) {
    sending = request;
    markEvery = request.markEvery;
    recipients = request.recipients ?? 1;
    const senders = clients.slice(0, request.senders);
    for (const client of senders) for (let i = 0; i < request.inFlight; i += 1) client.keepSending();
    return null;
  },

  async stop() {
    sending = null;
    const deadline = performance.now() + 15_000;
    while (performance.now() < deadline && counts.delivered < (counts.sent - counts.failed) * recipients)
      await pause(20);
    await pause(50);
    return now();
  },

  counts: async () => now(),
  openLoop,
  storm,
};

function now(): Counts {
  return { ...counts, at: performance.now() };
}

async function openLoop(request: OpenLoopRequest): Promise<OpenLoopResult> {
  markEvery = request.markEvery;
  due.clear();
  deliveries.length = 0;
  acks.length = 0;
  const late: number[] = [];
  const total = request.perSecond * request.seconds;
  const begin = performance.now() + 50;
  for (let n = 0; n < total; n += 1) {
    const dueAt = begin + (n * 1_000) / request.perSecond;
    // A timer is late by up to a millisecond, more than what is measured; turning the loop still reads the sockets.
    const rest = dueAt - performance.now();
    if (rest > 3) await pause(rest - 3);
    while (performance.now() < dueAt) await new Promise((resolve) => setImmediate(resolve));
    late.push(performance.now() - dueAt);
    // Spread over all conversations, so that no two in a row meet in one.
    const client = clients[(n * 7) % clients.length] as Client;
    const clientId = client.send(() => acks.push(performance.now() - dueAt));
    due.set(clientId, dueAt);
  }
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline && (due.size > 0 || acks.length < total)) await pause(5);
  const lost = due.size;
  due.clear();
  return { delivery: distribution(deliveries), ack: distribution(acks), late: distribution(late), lost };
}

async function storm({ url, clients: returning, seconds }: StormRequest): Promise<StormResult> {
  const each: number[] = [];
  let [failed, messages] = [0, 0];
  let failure: string | null = null;
  const begin = performance.now();
  await Promise.all(
    returning.map(async ({ token, known }, i) => {
      await pause((i * seconds * 1_000) / returning.length);
      const started = performance.now();
      try {
        const socket = await RawSocket.connect(url, '/v1', { token }, () => {});
        const held = new Map(known.map((entry) => [entry.id, entry]));
        for (let more = true; more; ) {
          const { data } = await socket.command('sync', { known: [...held.values()] });
          const result = data as {
            more: boolean;
            changes: {
              conversation: { id: string; lastSeq: number; rev: number; me: { version: number }; version: number };
              messages: unknown[];
            }[];
          };
          for (const { conversation, messages: lacked } of result.changes) {
            messages += lacked.length;
            const { id, lastSeq, rev, me, version } = conversation;
            held.set(id, { id, seq: lastSeq, rev, mine: me.version, version });
          }
          more = result.more;
        }
        each.push(performance.now() - started);
      } catch (error) {
        failed += 1;
        failure ??= String(error);
      }
    }),
  );
  const synced = each.length;
  return { synced, failed, failure, messages, seconds: (performance.now() - begin) / 1_000, each: distribution(each) };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function inParallel<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<void>) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

process.on('message', ({ id, name, input }: { id: number; name: keyof LoadCommands; input: never }) => {
  commands[name](input).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
  );
});
// Without the benchmark there is nobody to end it. Ctrl-C reaches the whole group; the benchmark ends this one in order.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
