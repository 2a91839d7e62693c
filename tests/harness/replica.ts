import type { Device, WireEvent } from './people.ts';

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Wire = any;

interface Held {
  conversation: Wire;
  messages: Wire[];
  /** What came before what precedes it: an own message is told by its ack, and events may overtake that. */
  early: Map<number, Wire>;
}

/**
 * What a client that follows the documented rules holds: it applies answers of sync, acks of its own commands and events.
 * Keeps all messages from where its first sync began.
 */
export class Replica {
  readonly me: string;
  readonly held = new Map<string, Held>();
  readonly #faults: string[] = [];

  constructor(me: string) {
    this.me = me;
  }

  /** What a correct server never causes, such as a gap. Ask when everything has arrived. */
  get faults(): string[] {
    const gaps = [...this.held.values()].flatMap(({ early, conversation }) =>
      [...early.keys()].map((seq) => `gap: ${seq} after ${conversation.lastSeq}`),
    );
    return [...this.#faults, ...gaps];
  }

  /** Applies every event of a device from now on. */
  follow(device: Device): void {
    device.socket.on('events', (batch: WireEvent[]) => {
      for (const event of batch) this.apply(event);
    });
  }

  /** Applies every event of a device from now on, and catches up over it. */
  async syncOver(device: Device): Promise<void> {
    this.follow(device);
    for (let more = true; more; ) {
      more = (await device.command('sync', { known: this.known() }, (answer) => this.applySync(answer))).more;
    }
  }

  /** Catches up until the server has nothing more. */
  async sync(call: (input: object) => Promise<Wire>): Promise<void> {
    for (let answer: Wire = { more: true }; answer.more; ) {
      answer = await call({ known: this.known() });
      this.applySync(answer);
    }
  }

  known(): { id: string; seq: number; version: number }[] {
    return [...this.held.values()].map((held) => ({
      id: held.conversation.id,
      seq: held.conversation.lastSeq,
      version: this.#version(held),
    }));
  }

  applySync(answer: Wire): void {
    for (const { conversation, messages, reset } of answer.changes) {
      const before = this.held.get(conversation.id);
      const kept = reset || !before ? [] : before.messages;
      const all = [...kept, ...messages];
      this.held.set(conversation.id, { conversation: structuredClone(conversation), messages: all, early: new Map() });
      for (const [i, message] of all.entries()) {
        if (i > 0 && message.seq !== all[i - 1].seq + 1) this.#faults.push(`gap before ${message.seq} after a sync`);
      }
      if (all.length > 0 && all.at(-1).seq !== conversation.lastSeq) this.#faults.push('a sync stops before lastSeq');
    }
    for (const id of answer.removed) this.held.delete(id);
  }

  apply({ type, data }: WireEvent): void {
    if (type === 'message.created') this.message(data.message);
    else if (type === 'receipt.updated') this.receipt(data);
    else if (type === 'conversation.created') this.conversation(data.conversation);
    else if (type === 'person.updated') this.#person(data.person);
  }

  conversation(conversation: Wire): void {
    if (!this.held.has(conversation.id)) {
      this.held.set(conversation.id, {
        conversation: structuredClone(conversation),
        messages: [],
        early: new Map(),
      });
    }
  }

  message(message: Wire): void {
    const held = this.held.get(message.conversationId);
    if (!held) return void this.#faults.push(`a message of an unknown conversation: ${message.conversationId}`);
    const { conversation } = held;
    if (message.seq <= conversation.lastSeq) return;
    held.early.set(message.seq, message);
    for (let next = message; next; next = held.early.get(conversation.lastSeq + 1)) {
      if (next.seq !== conversation.lastSeq + 1) break;
      held.early.delete(next.seq);
      held.messages.push(next);
      Object.assign(conversation, { lastSeq: next.seq, rev: next.rev, lastMessage: next });
      conversation.lastActivityAt = next.createdAt;
      if (next.senderId !== this.me) conversation.unread += 1;
    }
    this.#recount(held);
  }

  receipt({ conversationId, personId, read, delivered }: Wire): void {
    const held = this.held.get(conversationId);
    const member = held?.conversation.members.find((one: Wire) => one.person.id === personId);
    if (!held || !member) return void this.#faults.push('a receipt of an unknown member');
    member.read = Math.max(member.read, read);
    member.delivered = Math.max(member.delivered, delivered);
    this.#recount(held);
  }

  /** As a fresh fetch shows it: conversations with their versions, the last active first. */
  view(): Wire[] {
    return [...this.held.values()]
      .map((held) => ({ ...held.conversation, version: this.#version(held) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #person(person: Wire): void {
    for (const { conversation } of this.held.values()) {
      for (const member of conversation.members) {
        if (member.person.id === person.id && member.person.version < person.version) member.person = person;
      }
    }
  }

  #recount(held: Held): void {
    const mine = held.conversation.members.find((one: Wire) => one.person.id === this.me);
    const others = held.messages.filter(({ seq, senderId }) => seq > mine.read && senderId !== this.me);
    // After a reset it may hold too few to count; then the server's number counts on.
    const covers = held.messages.length === 0 || held.messages[0].seq <= mine.read + 1;
    if (covers) held.conversation.unread = others.length;
  }

  #version({ conversation }: Held): number {
    return conversation.members.reduce(
      (sum: number, { read, delivered, person }: Wire) => sum + read + delivered + person.version,
      conversation.rev,
    );
  }
}
