import type { Socket } from 'socket.io';
import type { PresenceView } from '../../engine/presence/index.ts';
import type { Actor } from '../../engine/shared/actor.ts';
import { type EngineEvent, topics } from '../../engine/shared/events.ts';
import type { FanOut, LiveDoor, Subscriber } from '../../transport/fan-out.ts';
import type { SessionConnection } from '../../transport/live-sessions.ts';
import { writePackets } from '../../transport/packet-writer.ts';
import { PersonFeed } from '../../transport/person-feed.ts';
import type { PresenceAudience } from './presence-audience.ts';

/** An event as a dialect's clients get it: its name and its one argument, as the JSON of an array. */
export type EventText = string;

/** What a dialect makes of an engine event: texts for all connections alike, or what depends on who gets it. */
export type DoorTexts = readonly EventText[] | ((connection: DoorConnection) => readonly EventText[]);

/**
 * The same, now or soon: a dialect whose clients have names of their own for things may have to find them first. It never
 * rejects. What comes later waits for it.
 */
export type DoorEvents = DoorTexts | Promise<DoorTexts>;

/**
 * Stands in a text for the origin under which the client reaches the server, where the installation has no public one.
 * Random, so that nobody can write it into a message.
 */
const originPlaceholder = `parley-${crypto.randomUUID()}:`;

/** The origin of URLs in events: the public one, or what stands for that of each client. */
export const eventOrigin = (publicUrl: string | null): string => publicUrl ?? originPlaceholder;

/** Makes a value when it is first asked for. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

let last: { text: string; origin: string; nsp: string; packet: string } = { text: '', origin: '', nsp: '', packet: '' };

/** The packet of an event. Made once where the same text goes to several connections in a row. */
function packetOf(nsp: string, origin: string, text: EventText): string {
  if (text !== last.text || origin !== last.origin || nsp !== last.nsp) {
    const placed = text.includes(originPlaceholder) ? text.replaceAll(originPlaceholder, origin) : text;
    last = { text, origin, nsp, packet: `2${nsp}${placed}` };
  }
  return last.packet;
}

/** The text of an event. */
export const eventText = (name: string, data: object): EventText => `${JSON.stringify([name, data])}`;

/**
 * The live connection of a signed-in person through a dialect: it gets what concerns its person, from the moment it is
 * opened. What one turn of the event loop brings goes out together and in order, answers included.
 */
export class DoorConnection implements Subscriber<DoorEvents>, SessionConnection {
  readonly id: string;
  readonly door: LiveDoor<DoorEvents>;
  readonly actor: Actor;
  /** Under which the client reaches the server, such as `https://chat.example.org`. */
  readonly origin: string;
  readonly #socket: Socket;
  readonly #nsp: string;
  readonly #fanOut: FanOut;
  readonly #feed: PersonFeed;
  readonly #audience: PresenceAudience;
  readonly #ended: (connection: DoorConnection) => void;
  /** Conversations that are open on this device. */
  readonly viewing = new Set<string>();
  readonly #watched = new Set<string>();
  /** By conversation: the highest `rev` of which this connection was told. */
  readonly #revs = new Map<string, number>();
  readonly #waiting = new Map<string, { readonly rev: number; readonly done: () => void }[]>();
  /** What was begun and is not on its way yet; null where nothing is. */
  #pending: Promise<void> | null = null;
  #followsEveryone = false;
  #packets: string[] = [];
  #flushing = false;
  #started = false;
  #closed = false;

  /** @param options.ended called before the server ends it because its session has ended */
  constructor(
    socket: Socket,
    options: {
      readonly id: string;
      readonly door: LiveDoor<DoorEvents>;
      readonly actor: Actor;
      readonly origin: string;
      readonly fanOut: FanOut;
      readonly audience: PresenceAudience;
      readonly ended: (connection: DoorConnection) => void;
    },
  ) {
    this.#socket = socket;
    this.#nsp = socket.nsp.name === '/' ? '' : `${socket.nsp.name},`;
    this.id = options.id;
    this.door = options.door;
    this.actor = options.actor;
    this.origin = options.origin;
    this.#fanOut = options.fanOut;
    this.#audience = options.audience;
    this.#ended = options.ended;
    // A client of a dialect reads again what it may have missed when it opens a conversation.
    this.#feed = new PersonFeed(options.fanOut, this, options.actor.personId, () => {});
  }

  get sessionId(): string {
    return this.actor.sessionId;
  }

  get personId(): string {
    return this.actor.personId;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Follows the person's own events and groups. Events reach the client after {@link start}. */
  async follow(groups: () => Promise<readonly { readonly id: string; readonly historyFrom: number }[]>): Promise<void> {
    await this.#feed.open();
    await this.#feed.followGroups(await groups());
  }

  /** Follows the presence and profile of people, beside those it follows already. */
  async watch(personIds: readonly string[]): Promise<void> {
    const fresh = personIds.filter((id) => id !== this.personId && !this.#watched.has(id));
    for (const id of fresh) this.#watched.add(id);
    await Promise.all(fresh.map((id) => this.#fanOut.follow(this, topics.watchers(id))));
    for (const id of fresh) {
      if (this.#closed || !this.#watched.has(id)) this.#fanOut.unfollow(this, topics.watchers(id));
    }
  }

  /** Follows the presence of everybody whose presence is no secret. */
  async watchEveryone(): Promise<void> {
    this.#followsEveryone = true;
    await this.#fanOut.follow(this, topics.everyone);
    if (this.#closed) this.#fanOut.unfollow(this, topics.everyone);
  }

  /** Tells the client that somebody whom it follows is online, as if they had just come. */
  show(presence: PresenceView): void {
    if (!this.#watched.has(presence.personId)) return;
    const data = { ...presence, change: 'connection', moved: true } as const;
    const event = { type: 'presence.changed', audience: { kind: 'watchers', id: presence.personId }, data } as const;
    const events = this.door.encode(event);
    if (events) this.deliver(events, event);
  }

  /** From now on events go to the client, after what was emitted so far. */
  start(): void {
    this.#started = true;
  }

  deliver(events: DoorEvents, event: EngineEvent): void {
    if (!this.#feed.admits(event) || this.#closed) return;
    if (event.type === 'presence.audience_changed') this.#unwatch(event.data);
    this.#audience.consider(this, event);
    if (!this.#started) return;
    // What was said before the person came into a group is not theirs to see, whoever touches it.
    const isTheirs = this.#feed.isBeforeHistory(event) === null;
    this.inOrder(events, (texts) => {
      if (isTheirs) for (const text of typeof texts === 'function' ? texts(this) : texts) this.emitText(text);
      this.#tell(event);
    });
  }

  /** Does something with a value when all that was begun before is done: at once where nothing waits. */
  inOrder<Value>(value: Value | Promise<Value>, work: (value: Value) => void): void {
    if (this.#pending === null && !(value instanceof Promise)) {
      work(value);
      return;
    }
    const pending = Promise.all([value, this.#pending]).then(([found]) => {
      if (!this.#closed) work(found);
      if (this.#pending === pending) this.#pending = null;
    });
    this.#pending = pending;
  }

  /** Resolves when all that was begun is on its way. */
  async settled(): Promise<void> {
    while (this.#pending !== null) await this.#pending;
  }

  emit(name: string, data: object): void {
    this.emitText(eventText(name, data));
  }

  emitText(text: EventText): void {
    this.#write(packetOf(this.#nsp, this.origin, text));
  }

  /** Answers an event. `id` is that of Socket.IO's packet. */
  reply(id: number, answer: object): void {
    this.#write(`3${this.#nsp}${id}[${JSON.stringify(answer)}]`);
  }

  /**
   * Resolves when this connection has got the events of a conversation up to a `rev`, so that an answer can follow them.
   * Whoever has sent something gets it back as others do, in the order in which all get it.
   */
  async caughtUp(conversationId: string, rev: number): Promise<void> {
    // What has changed nothing is told by no event: it is waited for in vain, but not where events come at once.
    if ((this.#revs.get(conversationId) ?? 0) >= rev || this.#closed || this.#fanOut.immediate) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(conversationId) ?? [];
    this.#waiting.set(conversationId, [...waiting, { rev, done: resolve }]);
    // The bus may have lost it: then this connection is cut soon, and its answer does not matter.
    const timer = setTimeout(resolve, longestWait);
    await promise;
    clearTimeout(timer);
  }

  notify(event: object): void {
    if ('type' in event && event.type === 'session.ended') this.#ended(this);
  }

  /** Ends it for good. */
  end(): void {
    this.#flush();
    this.#socket.disconnect(true);
  }

  /** Cuts it so that the client comes back by itself. */
  cut(): void {
    this.#flush();
    this.#socket.conn.close();
  }

  /** Forgets everything; called once when the socket is closed. */
  close(): void {
    this.#closed = true;
    this.#feed.close();
    for (const id of this.#watched) this.#fanOut.unfollow(this, topics.watchers(id));
    this.#watched.clear();
    if (this.#followsEveryone) this.#fanOut.unfollow(this, topics.everyone);
    this.#packets = [];
    for (const waiting of this.#waiting.values()) for (const { done } of waiting) done();
    this.#waiting.clear();
  }

  #unwatch({ personId, viewerId }: { personId: string; viewerId: string | null }): void {
    if ((viewerId !== null && viewerId !== this.personId) || !this.#watched.delete(personId)) return;
    this.#fanOut.unfollow(this, topics.watchers(personId));
  }

  /** Notes how far the connection is, for those who wait for it. */
  #tell(event: EngineEvent): void {
    const place = placeOf(event);
    if (!place) return;
    const { conversationId, rev } = place;
    if (rev > (this.#revs.get(conversationId) ?? 0)) this.#revs.set(conversationId, rev);
    const waiting = this.#waiting.get(conversationId);
    if (!waiting) return;
    const rest = waiting.filter((one) => one.rev > rev);
    if (rest.length === 0) this.#waiting.delete(conversationId);
    else this.#waiting.set(conversationId, rest);
    for (const one of waiting) if (one.rev <= rev) one.done();
  }

  #write(packet: string): void {
    this.#packets.push(packet);
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const packets = this.#packets;
    if (this.#closed || packets.length === 0) return;
    this.#packets = [];
    writePackets(this.#socket, packets);
  }
}

/** In milliseconds. */
const longestWait = 1_000;

function placeOf(event: EngineEvent): { conversationId: string; rev: number } | null {
  switch (event.type) {
    case 'message.created':
    case 'message.updated':
      return event.data.message;
    case 'reaction.changed':
    case 'members.joined':
    case 'member.left':
    case 'members.updated':
      return event.data;
    case 'conversation.updated':
      return { conversationId: event.data.conversation.id, rev: event.data.conversation.rev };
    case 'conversation.joined': {
      const { id, rev } = event.data.conversation.conversation;
      return { conversationId: id, rev };
    }
    default:
      return null;
  }
}
