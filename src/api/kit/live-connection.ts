import type { Socket } from 'socket.io';
import type { ConversationView, FollowGroups, SyncResult } from '../../engine/inbox/index.ts';
import { type EngineEvent, topics } from '../../engine/shared/events.ts';
import type { FanOut, LiveDoor, Subscriber } from '../../transport/fan-out.ts';
import { writePackets } from '../../transport/packet-writer.ts';
import { PersonFeed } from '../../transport/person-feed.ts';
import type { ConnectionCall } from './operation.ts';

/** Events, and characters of them, that may wait while a client catches up. With more, it is told to catch up once more. */
const maxHeld = 2_000;
const maxHeldLength = 2 * 1024 * 1024;

let last: { namespace: string; events: readonly string[]; packet: string } = { namespace: '', events: [], packet: '' };

/**
 * The packet that tells of events. Made once where the same events go to several connections in a row, as those of a
 * group do: then even their comparison is that of a few pointers.
 */
function packetOf(namespace: string, events: readonly string[]): string {
  const same =
    namespace === last.namespace &&
    events.length === last.events.length &&
    events.every((event, i) => event === last.events[i]);
  if (!same) last = { namespace, events, packet: `2${namespace},["events",[${events.join(',')}]]` };
  return last.packet;
}

/**
 * One socket of the native door. What one turn of the event loop brings for it, events and answers, goes out together and
 * in order; events that follow each other share a packet.
 *
 * It gets no events before its first sync. While it syncs, events are held; they follow the answer, without those that
 * the answer covers. So a client sees everything once, in order, and without a gap.
 */
export class LiveConnection implements Subscriber<string> {
  readonly id: string;
  readonly door: LiveDoor<string>;
  readonly personId: string;
  readonly sessionId: string;
  readonly #socket: Socket;
  readonly #fanOut: FanOut;
  readonly #feed: PersonFeed;
  #followsGroups = false;
  /** It has synced, or does so for the first time. Before, it gets nothing but what it watches. */
  #streams = false;
  #watched = new Set<string>();
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
  /** The conversations that the answers of this catching up have brought. */
  readonly #covered = new Map<string, ConversationView>();
  #closed = false;

  constructor(
    socket: Socket,
    door: LiveDoor<string>,
    fanOut: FanOut,
    ids: { connection: string; person: string; session: string },
  ) {
    this.#socket = socket;
    this.door = door;
    this.#fanOut = fanOut;
    this.id = ids.connection;
    this.personId = ids.person;
    this.sessionId = ids.session;
    this.#feed = new PersonFeed(fanOut, this, ids.person, (conversationId) =>
      this.#addEvent(syncNeeded(conversationId)),
    );
  }

  deliver(text: string, event: EngineEvent): void {
    if (!this.#feed.admits(event)) return;
    // Not held back: what may not be seen any more ends at once. The client is told in its turn.
    if (event.type === 'presence.audience_changed' && !this.#unwatch(event.data)) return;
    if (
      event.type === 'conversation.closed' ||
      (event.type === 'member.left' && event.data.personId === this.personId)
    ) {
      this.#unwatchAll();
    }
    if (!this.#streams && event.audience.kind !== 'watchers') return;
    const hidden = this.#feed.isBeforeHistory(event);
    this.#take(hidden === null ? text : syncNeeded(hidden), event);
  }

  #take(text: string, event: EngineEvent): void {
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
    // Who has become invisible while it was held is not shown any more.
    for (const { text, event } of held) {
      const shown =
        event.type !== 'presence.changed' ||
        event.data.personId === this.personId ||
        this.#watched.has(event.data.personId);
      if (shown) this.#addEvent(text);
    }
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
  catchUp(read: (follow?: FollowGroups) => Promise<SyncResult>, done: () => void): Promise<SyncResult> {
    const result = this.#syncing.then(() => this.#catchUp(read, done));
    this.#syncing = result.catch(() => {});
    return result;
  }

  /** Follows the presence and profile of exactly these people from now on. */
  async watch(personIds: readonly string[]): Promise<void> {
    // One's own profile comes with one's own events already, and who asks is online.
    const wanted = new Set(personIds.filter((id) => id !== this.personId));
    for (const id of this.#watched) if (!wanted.has(id)) this.#fanOut.unfollow(this, topics.watchers(id));
    this.#watched = wanted;
    if (this.#closed) return;
    // Who is put out of a group hears it by their own topic: it ends what they watch because of the group.
    await this.#feed.open();
    await Promise.all([...wanted].map((id) => this.#fanOut.follow(this, topics.watchers(id))));
    // Closed, or watching others, while it was being subscribed.
    for (const id of wanted) {
      if (this.#closed || !this.#watched.has(id)) this.#fanOut.unfollow(this, topics.watchers(id));
    }
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
    this.#feed.close();
    for (const id of this.#watched) this.#fanOut.unfollow(this, topics.watchers(id));
    this.#packets = [];
    this.#events = [];
    this.#letGo();
  }

  /** @returns false where this connection is not meant */
  #unwatch({ personId, viewerId }: { personId: string; viewerId: string | null }): boolean {
    if ((viewerId !== null && viewerId !== this.personId) || !this.#watched.delete(personId)) return false;
    this.#fanOut.unfollow(this, topics.watchers(personId));
    return true;
  }

  /** Some of those watched were shown for a conversation that is over for this person; nobody here knows which. */
  #unwatchAll(): void {
    for (const personId of this.#watched) {
      this.#unwatch({ personId, viewerId: null });
      this.notify({ type: 'presence.unwatched', data: { personId } });
    }
  }

  #letGo(): void {
    this.#held = [];
    this.#heldLength = 0;
  }

  /** Whether an answer has brought what an event tells. Others may come again: they say what is, not what to add. */
  #isCovered(event: EngineEvent): boolean {
    switch (event.type) {
      case 'conversation.joined':
        return this.#covered.has(event.data.conversation.conversation.id);
      case 'message.created': {
        const { conversationId, seq } = event.data.message;
        return seq <= (this.#covered.get(conversationId)?.lastSeq ?? 0);
      }
      case 'message.updated':
        return event.data.message.rev <= (this.#covered.get(event.data.message.conversationId)?.rev ?? 0);
      case 'reaction.changed':
      case 'members.joined':
      case 'member.left':
      case 'members.updated':
        return event.data.rev <= (this.#covered.get(event.data.conversationId)?.rev ?? 0);
      case 'conversation.updated':
        return event.data.conversation.rev <= (this.#covered.get(event.data.conversation.id)?.rev ?? 0);
      case 'conversation.hidden':
        return event.data.version <= (this.#covered.get(event.data.conversationId)?.me.version ?? -1);
      case 'inbox.updated':
        return event.data.me.version <= (this.#covered.get(event.data.conversationId)?.me.version ?? -1);
      default:
        return false;
    }
  }

  async #catchUp(read: (follow?: FollowGroups) => Promise<SyncResult>, done: () => void): Promise<SyncResult> {
    this.#streams = true;
    if (!this.#catchingUp) {
      this.#catchingUp = true;
      this.hold();
    }
    await this.#feed.open();
    const result = await read(this.#followsGroups ? undefined : (groups) => this.#feed.followGroups(groups));
    this.#followsGroups = true;
    for (const { conversation } of result.changes) this.#covered.set(conversation.id, conversation);
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

  #addEvent(text: string): void {
    this.#events.push(text);
    this.#schedule();
  }

  /** What is added later comes after the events so far. */
  #endEvents(): void {
    if (this.#events.length === 0) return;
    this.#packets.push(packetOf(this.#socket.nsp.name, this.#events));
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

/** In place of an event that is not for this person's eyes: what of it is theirs comes by a sync. */
const syncNeeded = (conversationId: string): string =>
  JSON.stringify({ type: 'sync.needed', data: { conversationId } });

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

  catchUp(read: (follow?: FollowGroups) => Promise<SyncResult>): Promise<SyncResult> {
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
