import type { Socket } from 'socket.io';
import type { SyncResult } from '../../engine/inbox/index.ts';
import { type EngineEvent, topics } from '../../engine/shared/events.ts';
import type { FanOut, LiveDoor, Subscriber } from '../../transport/fan-out.ts';
import { writePacket } from '../../transport/frame-writer.ts';

/** Events that may wait while a client catches up. With more, it is told to catch up once more. */
const maxHeld = 2_000;

/**
 * One socket of the native door. Events reach it in frames: all that one turn of the event loop brings goes out
 * together, in order.
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
  #outgoing: string[] = [];
  #held: { text: string; event: EngineEvent }[] = [];
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
    if (this.#holds === 0) return this.#enqueue(text);
    if (this.#held.length >= maxHeld) this.#overflowed = true;
    else this.#held.push({ text, event });
  }

  /** Sends something that is no engine event. */
  notify(event: object): void {
    this.#enqueue(JSON.stringify(event));
  }

  /**
   * Opens the live stream around a sync: events are held from before the database is read, and follow its answer without
   * what it covers. While the answer says `more`, they stay held for the next. One sync at a time.
   */
  catchUp(read: () => Promise<SyncResult>): Promise<SyncResult> {
    const result = this.#syncing.then(() => this.#catchUp(read));
    this.#syncing = result.catch(() => {});
    return result;
  }

  /** Does something whose answer must come before the events that follow it. */
  async whileHeld<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#holds += 1;
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Follows the presence and profile of exactly these people from now on. */
  async watch(personIds: readonly string[]): Promise<void> {
    const wanted = new Set(personIds);
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
    this.#outgoing = [];
    this.#held = [];
  }

  async #catchUp(read: () => Promise<SyncResult>): Promise<SyncResult> {
    if (!this.#catchingUp) {
      this.#catchingUp = true;
      this.#holds += 1;
    }
    await this.#follow(topics.person(this.personId));
    const result = await read();
    for (const { conversation } of result.changes) this.#covered.set(conversation.id, conversation.lastSeq);
    if (result.more) return result;
    if (this.#overflowed) {
      this.#overflowed = false;
      this.#held = [];
      return { ...result, more: true };
    }
    this.#held = this.#held.filter(({ event }) => !this.#isCovered(event));
    this.#covered.clear();
    this.#catchingUp = false;
    this.#release();
    return result;
  }

  #isCovered(event: EngineEvent): boolean {
    if (event.type !== 'message.created') return false;
    const { conversationId, seq } = event.data.message;
    return seq <= (this.#covered.get(conversationId) ?? 0);
  }

  #release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    // Nobody can tell the client to sync again outside of a sync; by reconnecting it will.
    if (this.#overflowed) return this.cut();
    const held = this.#held;
    this.#held = [];
    for (const { text } of held) this.#enqueue(text);
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

  #enqueue(text: string): void {
    if (this.#closed) return;
    if (this.#outgoing.push(text) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#closed || this.#outgoing.length === 0) return;
    const events = this.#outgoing.join(',');
    this.#outgoing = [];
    writePacket(this.#socket, `2${this.#socket.nsp.name},["events",[${events}]]`);
  }
}
