import type { Socket } from 'socket.io';
import type { SyncResult } from '../../engine/inbox/index.ts';
import { type EngineEvent, topics } from '../../engine/shared/events.ts';
import type { FanOut, LiveDoor, Subscriber } from '../../transport/fan-out.ts';
import { writePackets } from '../../transport/packet-writer.ts';
import type { ConnectionCall } from './operation.ts';

/** Events, and characters of them, that may wait while a client catches up. With more, it is told to catch up once more. */
const maxHeld = 2_000;
const maxHeldLength = 2 * 1024 * 1024;

/**
 * One socket of the native door. What one turn of the event loop brings for it, events and answers, goes out together and
 * in order; events that follow each other share a packet.
 *
 * It gets no events before its first sync. While it syncs, events are held; they follow the answer, without those that
 * the answer covers. So a client sees everything once, in order, and without a gap.
 */
export class LiveConnection implements Subscriber {
  readonly id: string;
  readonly door: LiveDoor;
  readonly personId: string;
  readonly sessionId: string;
  readonly #socket: Socket;
  readonly #fanOut: FanOut;
  readonly #followed = new Set<string>();
  #watched: ReadonlySet<string> = new Set();
  /** Packets to write at the end of this turn, and the events that follow them. */
  #packets: string[] = [];
  #events: string[] = [];
  #flushing = false;
  #held: { text: string; event: EngineEvent }[] = [];
  #heldLength = 0;
  #holds = 0;
  #overflowed = false;
  #catchingUp = false;
  #syncing: Promise<unknown> = Promise.resolve();
  /** Last `seq` of each conversation that the answers of this catching up have brought. */
  readonly #covered = new Map<string, number>();
  #closed = false;

  constructor(
    socket: Socket,
    door: LiveDoor,
    fanOut: FanOut,
    ids: { connection: string; person: string; session: string },
  ) {
    this.#socket = socket;
    this.door = door;
    this.#fanOut = fanOut;
    this.id = ids.connection;
    this.personId = ids.person;
    this.sessionId = ids.session;
  }

  deliver(text: string, event: EngineEvent): void {
    if (this.#holds === 0) {
      this.#addEvent(text);
    } else if (this.#held.length >= maxHeld || this.#heldLength >= maxHeldLength) {
      this.#overflowed = true;
    } else {
      this.#held.push({ text, event });
      this.#heldLength += text.length;
    }
  }

  /** Sends something that is no engine event. */
  notify(event: object): void {
    this.#addEvent(JSON.stringify(event));
  }

  /** Answers a command. `id` is that of Socket.IO's packet, `answer` is JSON. */
  reply(id: number, answer: string): void {
    this.#endEvents();
    this.#packets.push(`3${this.#socket.nsp.name},${id}[${answer}]`);
    this.#schedule();
  }

  /** One command of this connection. */
  call(): LiveCall {
    return new LiveCall(this);
  }

  /** Ends one hold; with the last, held events flow. */
  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    // Nobody can tell the client to sync again outside of a sync; by reconnecting it will.
    if (this.#overflowed) {
      this.cut();
      return;
    }
    const held = this.#held;
    this.#letGo();
    for (const { text } of held) this.#addEvent(text);
  }

  /** Holds events back until {@link release}. */
  hold(): void {
    this.#holds += 1;
  }

  /**
   * Reads what the client lacks while events are held, from before the read on. While the answer says `more`, they stay
   * held for the next sync. One at a time.
   *
   * @param done called with the last answer; must see to a {@link release}
   */
  catchUp(read: () => Promise<SyncResult>, done: () => void): Promise<SyncResult> {
    const result = this.#syncing.then(() => this.#catchUp(read, done));
    this.#syncing = result.catch(() => {});
    return result;
  }

  /** Follows the presence and profile of exactly these people from now on. */
  async watch(personIds: readonly string[]): Promise<void> {
    // One's own profile comes with one's own events already, and who asks is online.
    const wanted = new Set(personIds.filter((id) => id !== this.personId));
    for (const id of this.#watched) if (!wanted.has(id)) this.#unfollow(topics.watchers(id));
    this.#watched = wanted;
    await Promise.all([...wanted].map((id) => this.#follow(topics.watchers(id))));
  }

  /** Ends it for good; the client is not meant to come back with this session. */
  end(): void {
    this.#flush();
    this.#socket.disconnect(true);
  }

  /** Cuts it so that the client reconnects by itself. */
  cut(): void {
    this.#flush();
    this.#socket.conn.close();
  }

  /** Forgets everything; called once when the socket is closed. */
  closed(): void {
    this.#closed = true;
    for (const topic of this.#followed) this.#fanOut.unfollow(this, topic);
    this.#followed.clear();
    this.#packets = [];
    this.#events = [];
    this.#letGo();
  }

  #letGo(): void {
    this.#held = [];
    this.#heldLength = 0;
  }

  #isCovered(event: EngineEvent): boolean {
    if (event.type === 'conversation.created') return this.#covered.has(event.data.conversation.id);
    if (event.type !== 'message.created') return false;
    const { conversationId, seq } = event.data.message;
    return seq <= (this.#covered.get(conversationId) ?? 0);
  }

  async #catchUp(read: () => Promise<SyncResult>, done: () => void): Promise<SyncResult> {
    if (!this.#catchingUp) {
      this.#catchingUp = true;
      this.hold();
    }
    await this.#follow(topics.person(this.personId));
    const result = await read();
    for (const { conversation } of result.changes) this.#covered.set(conversation.id, conversation.lastSeq);
    if (result.more) return result;
    if (this.#overflowed) {
      this.#overflowed = false;
      this.#letGo();
      return { ...result, more: true };
    }
    this.#held = this.#held.filter(({ event }) => !this.#isCovered(event));
    this.#covered.clear();
    this.#catchingUp = false;
    done();
    return result;
  }

  async #follow(topic: string): Promise<void> {
    if (this.#closed) return;
    this.#followed.add(topic);
    await this.#fanOut.follow(this, topic);
    if (this.#closed) this.#fanOut.unfollow(this, topic);
  }

  #unfollow(topic: string): void {
    this.#followed.delete(topic);
    this.#fanOut.unfollow(this, topic);
  }

  #addEvent(text: string): void {
    this.#events.push(text);
    this.#schedule();
  }

  /** What is added later comes after the events so far. */
  #endEvents(): void {
    if (this.#events.length === 0) return;
    this.#packets.push(`2${this.#socket.nsp.name},["events",[${this.#events.join(',')}]]`);
    this.#events = [];
  }

  #schedule(): void {
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#closed) return;
    this.#endEvents();
    const packets = this.#packets;
    if (packets.length === 0) return;
    this.#packets = [];
    writePackets(this.#socket, packets);
  }
}

/** One command of a connection, and what is to be done once its answer is on its way. */
class LiveCall implements ConnectionCall {
  readonly #connection: LiveConnection;
  #afterReply: (() => void) | null = null;

  constructor(connection: LiveConnection) {
    this.#connection = connection;
  }

  get id(): string {
    return this.#connection.id;
  }

  catchUp(read: () => Promise<SyncResult>): Promise<SyncResult> {
    return this.#connection.catchUp(read, () => this.#releaseAfterReply());
  }

  whileHeld<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#connection.hold();
    this.#releaseAfterReply();
    return work();
  }

  watch(personIds: readonly string[]): Promise<void> {
    return this.#connection.watch(personIds);
  }

  /** The answer, or refusal, has been sent. */
  replied(): void {
    this.#afterReply?.();
  }

  #releaseAfterReply(): void {
    this.#afterReply = () => this.#connection.release();
  }
}
