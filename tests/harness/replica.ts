import type { Device, WireEvent } from './people.ts';

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Wire = any;

interface Held {
  conversation: Wire;
  messages: Wire[];
  /** What came before what precedes it: an own message is told by its ack, and events may overtake that. */
  early: Map<number, Wire>;
  /** Revs after `rev` that came before it. */
  earlyRevs: Set<number>;
  /** The server has said that something may be missing; the next sync brings it. */
  stale: boolean;
}

/** Groups with more members than this show none. */
const maxMembersShown = 100;

/**
 * What a client that follows the documented rules holds: it applies answers of sync, acks of its own commands and events.
 * Keeps all messages from where its first sync began.
 */
export class Replica {
  readonly me: string;
  readonly held = new Map<string, Held>();
  /** People whose messages do not count as unread. */
  readonly blocked = new Set<string>();
  readonly #faults: string[] = [];
  /** What was asked because of an event. */
  readonly #asked: Promise<void>[] = [];

  constructor(me: string) {
    this.me = me;
  }

  /** What a correct server never causes, such as a gap. Ask when everything has arrived. */
  get faults(): string[] {
    const gaps = [...this.held.values()].flatMap(({ early, earlyRevs, conversation, stale }) =>
      stale
        ? []
        : [
            ...[...early.keys()].map((seq) => `gap: message ${seq} after ${conversation.lastSeq}`),
            ...[...earlyRevs].map((rev) => `gap: rev ${rev} after ${conversation.rev}`),
          ],
    );
    return [...this.#faults, ...gaps];
  }

  /** Whether a client would sync now, because the server said so or a conversation came with messages. */
  get needsSync(): boolean {
    return [...this.held.values()].some(({ stale }) => stale);
  }

  /**
   * Applies every event of a device from now on, and asks over it for what events leave out.
   *
   * @param watched whom the client watches
   */
  follow(device: Device, watched: readonly string[] = []): void {
    const refresh = async (personId: string): Promise<void> => {
      this.#person(await device.command('people.get', { personId }));
    };
    device.socket.on('events', (batch: WireEvent[]) => {
      for (const event of batch) {
        this.apply(event);
        for (const id of limitedIn(event)) this.#asked.push(refresh(id));
        if (event.type !== 'presence.unwatched') continue;
        const again = device.command('presence.watch', { people: watched.join(',') });
        this.#asked.push(again.then(() => refresh(event.data.personId)));
      }
    });
  }

  /** Waits for the answers to what was asked because of events. */
  async answered(): Promise<void> {
    while (this.#asked.length > 0) await this.#asked.shift();
  }

  /** Applies every event of a device from now on, and catches up over it. */
  async syncOver(device: Device, watched: readonly string[] = []): Promise<void> {
    this.follow(device, watched);
    const { items } = await device.command('blocks.list', { limit: 100 });
    for (const { person } of items) this.blocked.add(person.id);
    await this.catchUpOver(device);
  }

  /** Catches up over a device whose events are applied already. */
  async catchUpOver(device: Device): Promise<void> {
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

  known(): { id: string; seq: number; rev: number; mine: number; version: number }[] {
    const named = [...this.held.values()].filter(({ stale, messages }) => !stale || messages.length > 0);
    return named.map((held) => ({
      id: held.conversation.id,
      // Of a conversation that came with messages, none is held yet.
      seq: held.stale && held.messages.length === 0 ? 0 : held.conversation.lastSeq,
      rev: held.conversation.rev,
      mine: held.conversation.me.version,
      version: held.stale ? 0 : this.#version(held),
    }));
  }

  applySync(answer: Wire): void {
    for (const { conversation, messages, changed, reset } of answer.changes) {
      const before = this.held.get(conversation.id);
      const kept = reset || !before ? [] : before.messages.filter(({ seq }) => seq > conversation.me.historyFrom);
      const updates = new Map<number, Wire>(changed.map((message: Wire) => [message.seq, message]));
      const all = [...kept.map((message) => updates.get(message.seq) ?? message), ...messages];
      this.held.set(conversation.id, {
        conversation: structuredClone(conversation),
        messages: all,
        early: new Map(),
        earlyRevs: new Set(),
        stale: false,
      });
      for (const [i, message] of all.entries()) {
        if (i > 0 && message.seq !== all[i - 1].seq + 1) this.#faults.push(`gap before ${message.seq} after a sync`);
      }
      if (all.length > 0 && all.at(-1).seq !== conversation.lastSeq) this.#faults.push('a sync stops before lastSeq');
    }
    for (const id of answer.removed) this.held.delete(id);
    if (answer.more) return;
    // Asked for without being named, and not brought: it was deleted for me since.
    for (const [id, { stale, messages }] of this.held) if (stale && messages.length === 0) this.held.delete(id);
  }

  apply({ type, data }: WireEvent): void {
    this.#appliers[type]?.(data);
  }

  readonly #appliers: Record<string, (data: Wire) => void> = {
    'message.created': ({ message }) => this.message(message),
    'message.updated': ({ message }) => this.#messageUpdated(message),
    'reaction.changed': (data) => this.#reaction(data),
    'receipt.updated': (data) => this.receipt(data),
    'conversation.joined': ({ conversation }) => this.conversation(conversation),
    'conversation.updated': ({ conversation }) => this.#facts(conversation),
    'conversation.closed': ({ conversationId }) => void this.held.delete(conversationId),
    'conversation.hidden': (data) => this.#hidden(data),
    'members.joined': (data) => this.#membersJoined(data),
    'member.left': (data) => this.#memberLeft(data),
    'members.updated': (data) => this.#membersUpdated(data),
    'inbox.updated': (data) => this.inbox(data),
    'person.updated': ({ person }) => void (person.limited || this.#person(person)),
    'block.changed': (data) => this.#block(data),
    'sync.needed': ({ conversationId }) => this.#missed(conversationId),
  };

  conversation(conversation: Wire): void {
    if (this.held.has(conversation.id)) return;
    this.held.set(conversation.id, {
      conversation: structuredClone(conversation),
      messages: [],
      early: new Map(),
      earlyRevs: new Set(),
      // Its messages come by a sync.
      stale: conversation.lastSeq > 0,
    });
  }

  message(message: Wire): void {
    const held = this.held.get(message.conversationId);
    // One that was deleted for me has come back.
    if (!held) return void this.#ask(message.conversationId);
    const { conversation } = held;
    if (message.seq <= conversation.lastSeq) return;
    held.early.set(message.seq, message);
    for (let next = message; next; next = held.early.get(conversation.lastSeq + 1)) {
      if (next.seq !== conversation.lastSeq + 1) break;
      held.early.delete(next.seq);
      held.messages.push(next);
      Object.assign(conversation, { lastSeq: next.seq, lastMessage: next, lastActivityAt: next.createdAt });
      const { mutedUntil } = conversation.me;
      if (!mutedUntil || next.createdAt >= mutedUntil) conversation.me.archived = false;
      if (this.#counts(next, 0)) conversation.unread += 1;
      this.#tookRev(held, next.rev);
    }
    this.#recount(held);
  }

  receipt({ conversationId, personId, read, delivered }: Wire): void {
    const held = this.held.get(conversationId);
    // One that I have deleted for myself is none of my business until it comes back.
    if (!held) return;
    const { conversation } = held;
    const member = conversation.members.find((one: Wire) => one.person.id === personId);
    if (!member && conversation.members.length > 0 && !held.stale) this.#faults.push('a receipt of an unknown member');
    for (const marks of [member, personId === this.me ? conversation.me : undefined]) {
      if (!marks) continue;
      marks.read = Math.max(marks.read, read);
      marks.delivered = Math.max(marks.delivered, delivered);
    }
    this.#recount(held);
  }

  /** What only I see has changed: an event, or the answer of the command that did it. */
  inbox({ conversationId, rev, me, unread, lastMessage, marks }: Wire): void {
    const held = this.held.get(conversationId);
    if (!held) return void this.#ask(conversationId);
    const { conversation } = held;
    if (me.version <= conversation.me.version) return;
    if (me.version > conversation.me.version + 1) return void this.#missed(conversationId);
    const watermarks = {
      read: Math.max(me.read, conversation.me.read),
      delivered: Math.max(me.delivered, conversation.me.delivered),
    };
    Object.assign(conversation, { me: { ...me, ...watermarks } });
    if (rev === conversation.rev) Object.assign(conversation, { unread, lastMessage });
    // Something else has happened in between: a sync tells what is the last message now, and how much is unread.
    else held.stale = true;
    held.messages = held.messages.filter(({ seq }) => seq > me.historyFrom);
    for (const { seq, hidden, starred } of marks) {
      held.messages = held.messages.map((message) =>
        message.seq === seq ? marked(message, hidden, starred) : message,
      );
      // What was hidden is not told by the event: shown again, it comes by a sync.
      if (!hidden && held.messages.some((message) => message.seq === seq && message.hidden)) held.stale = true;
    }
    this.#recount(held);
  }

  /** As a fresh fetch shows it: conversations with their versions, by id. */
  view(): Wire[] {
    return [...this.held.values()]
      .map((held) => ({ ...held.conversation, version: this.#version(held) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** It is not held: a sync brings it, with its messages, if it is among mine. */
  #ask(conversationId: string): void {
    const me = { read: 0, delivered: 0, version: 0, historyFrom: 0 };
    this.conversation({ id: conversationId, lastSeq: 1, rev: 0, members: [], me });
  }

  #hidden({ conversationId, lastSeq, version }: Wire): void {
    const { conversation } = this.held.get(conversationId) ?? {};
    if (conversation && version <= conversation.me.version) return;
    this.held.delete(conversationId);
    if (conversation?.lastSeq > lastSeq) this.#ask(conversationId);
  }

  #missed(conversationId: string): void {
    const held = this.held.get(conversationId);
    if (held) held.stale = true;
  }

  #messageUpdated(update: Wire): void {
    const held = this.held.get(update.conversationId);
    if (!held) return;
    const { conversation } = held;
    const early = held.early.get(update.seq);
    if (early && early.rev < update.rev) held.early.set(update.seq, update);
    const before = held.messages.find(({ seq }) => seq === update.seq);
    const newer = (message: Wire) => (message.rev >= update.rev ? message : withMarks(update, message));
    if (before && this.#counts(before, conversation.me.read) && update.deletedAt) conversation.unread -= 1;
    // Whether it counted as unread, only the server knows.
    if (!before && update.deletedAt && this.#counts({ ...update, deletedAt: undefined }, conversation.me.read))
      held.stale = true;
    held.messages = held.messages.map((message) => (message.seq === update.seq ? newer(message) : message));
    if (conversation.lastMessage?.seq === update.seq) conversation.lastMessage = newer(conversation.lastMessage);
    this.#tookRev(held, update.rev);
    this.#recount(held);
  }

  #reaction({ conversationId, seq, rev, personId, emoji, at }: Wire): void {
    const held = this.held.get(conversationId);
    if (!held) return;
    const change = (message: Wire): Wire => {
      if (message.seq !== seq || message.rev >= rev) return message;
      const others = (message.reactions ?? []).filter((reaction: Wire) => reaction.personId !== personId);
      const all = emoji === null ? others : [...others, { personId, emoji, at }];
      const { reactions: _, ...rest } = { ...message, rev };
      return message.hidden || all.length === 0 ? rest : { ...rest, reactions: all };
    };
    held.messages = held.messages.map(change);
    if (held.conversation.lastMessage) held.conversation.lastMessage = change(held.conversation.lastMessage);
    this.#tookRev(held, rev);
  }

  #facts(facts: Wire): void {
    const held = this.held.get(facts.id);
    if (!held) return;
    const { rev } = held.conversation;
    if (facts.rev > rev) {
      Object.assign(held.conversation, facts, { rev });
      this.#retained(held, facts.retainedFrom);
    }
    this.#tookRev(held, facts.rev);
  }

  /** Messages up to a `seq` are gone for good. What was unread among those that are not held, only the server knows. */
  #retained(held: Held, retainedFrom: number): void {
    const { conversation } = held;
    if (retainedFrom <= conversation.me.historyFrom) return;
    conversation.me.historyFrom = retainedFrom;
    held.messages = held.messages.filter(({ seq }) => seq > retainedFrom);
    if (conversation.lastMessage?.seq <= retainedFrom) conversation.lastMessage = null;
    const first = held.messages[0]?.seq ?? conversation.lastSeq + 1;
    if (conversation.me.read < retainedFrom && first > retainedFrom + 1) held.stale = true;
    this.#recount(held);
  }

  #membersJoined({ conversationId, rev, memberCount, members }: Wire): void {
    const held = this.held.get(conversationId);
    if (!held) return;
    const { conversation } = held;
    if (rev > conversation.rev) {
      const had = new Set(conversation.members.map((one: Wire) => one.person.id));
      conversation.members.push(...members.filter((one: Wire) => !had.has(one.person.id)));
      if (memberCount > maxMembersShown) conversation.members = [];
      conversation.members.sort(byJoining);
      conversation.memberCount = memberCount;
    }
    this.#tookRev(held, rev);
  }

  #memberLeft({ conversationId, rev, memberCount, personId, roles }: Wire): void {
    const held = this.held.get(conversationId);
    if (!held) return;
    if (personId === this.me) return void this.held.delete(conversationId);
    const { conversation } = held;
    if (rev > conversation.rev) {
      conversation.members = conversation.members.filter((one: Wire) => one.person.id !== personId);
      if (memberCount <= maxMembersShown && conversation.members.length < memberCount) held.stale = true;
      conversation.memberCount = memberCount;
    }
    this.#membersUpdated({ conversationId, rev, roles });
  }

  #membersUpdated({ conversationId, rev, roles }: Wire): void {
    const held = this.held.get(conversationId);
    if (!held) return;
    const { conversation } = held;
    if (rev > conversation.rev) {
      for (const { personId, role } of roles) {
        const member = conversation.members.find((one: Wire) => one.person.id === personId);
        if (member) member.role = role;
        if (personId === this.me) conversation.me.role = role;
      }
    }
    this.#tookRev(held, rev);
  }

  #person(person: Wire): void {
    for (const { conversation } of this.held.values()) {
      for (const member of conversation.members) {
        const { version, limited } = member.person;
        const newer = version < person.version || (limited && version === person.version);
        if (member.person.id === person.id && newer) member.person = person;
      }
    }
  }

  #block({ person, blocked }: Wire): void {
    if (blocked) this.blocked.add(person.id);
    else this.blocked.delete(person.id);
    for (const held of this.held.values()) this.#recount(held);
  }

  /** Every rev is told by one event; they may come out of order. */
  #tookRev(held: Held, rev: number): void {
    const { conversation, earlyRevs } = held;
    if (rev > conversation.rev) earlyRevs.add(rev);
    while (earlyRevs.delete(conversation.rev + 1)) conversation.rev += 1;
  }

  #counts(message: Wire, read: number): boolean {
    return (
      message.seq > read &&
      message.senderId !== this.me &&
      message.kind !== 'system' &&
      !message.deletedAt &&
      !message.hidden &&
      !this.blocked.has(message.senderId)
    );
  }

  #recount(held: Held): void {
    const { conversation, messages } = held;
    const { read, historyFrom } = conversation.me;
    // After a reset it may hold too few to count; then the server's number counts on.
    const from = Math.max(read, historyFrom) + 1;
    const covers = from > conversation.lastSeq || (messages.length > 0 && messages[0].seq <= from);
    if (covers) conversation.unread = messages.filter((message) => this.#counts(message, read)).length;
  }

  #version({ conversation }: Held): number {
    const { members, me, rev } = conversation;
    const marks =
      members.length === 0
        ? me.read + me.delivered
        : members.reduce((sum: number, one: Wire) => sum + one.read + one.delivered + one.person.version, 0);
    return rev + me.version + marks;
  }
}

function marked(message: Wire, hidden: boolean, starred: boolean): Wire {
  const { hidden: _, starred: __, ...rest } = message;
  if (!hidden) return { ...rest, ...(starred && { starred: true }) };
  const { id, conversationId, seq, rev, senderId, clientId, kind, createdAt, deletedAt } = rest;
  const shown = { id, conversationId, seq, rev, senderId, clientId, kind, text: '', createdAt, hidden: true };
  return deletedAt ? { ...shown, deletedAt } : shown;
}

/** What I have done with it stays. */
function withMarks(update: Wire, { starred, hidden }: Wire): Wire {
  if (hidden) return marked(update, true, false);
  return starred && !update.deletedAt ? { ...update, starred: true } : update;
}

function byJoining(a: Wire, b: Wire): number {
  if (a.joinedAt !== b.joinedAt) return a.joinedAt < b.joinedAt ? -1 : 1;
  return a.person.id < b.person.id ? -1 : 1;
}

/** Whose profiles an event tells in part. */
function limitedIn({ type, data }: WireEvent): string[] {
  const people: Wire[] = [];
  if (type === 'person.updated') people.push(data.person);
  if (type === 'conversation.joined') people.push(...data.conversation.members.map((one: Wire) => one.person));
  if (type === 'members.joined') people.push(...data.members.map((one: Wire) => one.person));
  return people.filter(({ limited }) => limited).map(({ id }) => id);
}
