import { backoff, pause } from './backoff.ts';
import type { ClientEvents } from './client-events.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import type { Fact } from './conversation-state.ts';
import type { Emitter } from './emitter.ts';
import { ParleyError, retryAfter } from './errors.ts';
import type { Message, PresenceState, WireEvent } from './generated/protocol.ts';
import { Outbox, type QueuedMessage } from './outbox.ts';
import { Receipts } from './receipts.ts';
import type { ServerAddress } from './rest.ts';
import type { Session } from './session.ts';
import type { ClientStorage } from './storage.ts';
import { type Changes, Store } from './store.ts';
import { OthersTyping, OwnTyping } from './typing.ts';
import { type ChatConversation, type ChatMessage, conversationView, messageView, queuedView } from './views.ts';

/** How long a gap may close by itself: an answer often comes just before the events that happened before it. */
const gapPatience = 50;
/** A sync that left something open is not repeated in a hurry. */
const incompletePause = 1_000;

export interface AccountOptions {
  readonly address: ServerAddress;
  readonly session: Session;
  readonly storage: ClientStorage;
  readonly me: string;
  readonly window: number;
  readonly autoDelivered: boolean;
  readonly emitter: Emitter<ClientEvents>;
}

/** Everything live about one person who is signed in. */
export class LiveAccount {
  readonly me: string;
  readonly outbox: Outbox;
  readonly #options: AccountOptions;
  readonly #store: Store;
  readonly #receipts: Receipts;
  readonly #connection: Connection;
  readonly #ownTyping: OwnTyping;
  readonly #othersTyping: OthersTyping;
  readonly #presence = new Map<string, PresenceState>();
  readonly #loading = new Map<string, Promise<boolean>>();
  readonly #closing = new AbortController();
  /** clientIds of what was sent here, whose arrival is no news. */
  readonly #sentHere = new Set<string>();
  #watched: readonly string[] = [];
  #state: ConnectionState = 'offline';
  /** Counts connections, so that what belongs to an earlier one does nothing any more. */
  #generation = 0;
  #syncing = 0;
  #syncAgain = false;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  #missing = false;
  #everSynced = false;

  constructor(options: AccountOptions) {
    const { address, session, storage, me, emitter } = options;
    this.#options = options;
    this.me = me;
    this.#store = new Store(me);
    this.#connection = new Connection(address, session, {
      opened: () => this.#opened(),
      lost: () => this.#lost(),
      received: (events) => {
        for (const event of events) this.#receive(event);
      },
    });
    this.outbox = new Outbox(storage, me, {
      send: (message) => this.#send(message),
      changed: (message) => emitter.emit(message.failure ? 'messageChanged' : 'message', queuedView(message, this.me)),
      settled: (message) => emitter.emit('messageChanged', this.#messageView(message)),
      troubled: (error) => emitter.emit('error', error),
    });
    this.#receipts = new Receipts(async (conversationId, mark) => {
      const receipt = await this.#connection.command('receipts.mark', { conversationId, ...mark });
      this.#apply({ kind: 'receipt', receipt });
    });
    this.#ownTyping = new OwnTyping((conversationId, typing) => {
      // A courtesy: not worth an error, nor to be kept for later.
      this.#connection.command('typing.set', { conversationId, typing }).catch(() => {});
    });
    this.#othersTyping = new OthersTyping((conversationId, personId, typing) => {
      emitter.emit('typing', { conversationId, personId, typing });
      this.#emitConversation(conversationId);
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether all that this client has to say has been said, and all that it was told is complete. */
  get settled(): boolean {
    const busy = this.#syncing !== 0 || this.#syncTimer !== undefined || this.#receipts.busy;
    return this.#state === 'online' && !busy && this.outbox.waiting === 0;
  }

  async open(): Promise<void> {
    await this.outbox.restore();
    for (const { clientId } of this.outbox.all) this.#sentHere.add(clientId);
    if (this.#closing.signal.aborted) return;
    this.#setState('connecting');
    this.#connection.open();
  }

  /** Stops everything; `reason` is what unfinished promises reject with. */
  close(reason: ParleyError): void {
    this.#closing.abort();
    this.#generation += 1;
    clearTimeout(this.#syncTimer);
    this.#connection.close();
    this.outbox.close(reason);
    this.#receipts.close(reason);
    this.#ownTyping.close();
    this.#othersTyping.clear();
    this.#setState('offline');
  }

  drop(): void {
    this.#connection.drop();
  }

  conversations(): ChatConversation[] {
    return this.#store.list().map(({ view }) => this.conversation(view.id) as ChatConversation);
  }

  conversation(id: string): ChatConversation | undefined {
    const state = this.#store.get(id);
    if (!state) return undefined;
    const local = { read: this.#receipts.readUpTo(id), typing: this.#othersTyping.in(id) };
    return conversationView(state, this.me, local);
  }

  messages(conversationId: string): ChatMessage[] {
    const state = this.#store.get(conversationId);
    // Of what came before its predecessors, my own is shown: it must not vanish between pending and sent.
    const early = state?.ahead.filter(({ senderId }) => senderId === this.me) ?? [];
    return [
      ...[...(state?.messages ?? []), ...early].map((message) => this.#messageView(message)),
      ...this.outbox.messages(conversationId).map((message) => queuedView(message, this.me)),
    ];
  }

  send(conversationId: string, text: string): { message: ChatMessage; acked: Promise<ChatMessage> } {
    const { message, acked } = this.outbox.add(conversationId, text);
    this.#sentHere.add(message.clientId);
    this.#ownTyping.set(conversationId, false);
    const done = acked.then((stored) => this.#messageView(stored));
    done.catch(() => {}); // whoever wants to know waits for it
    return { message: queuedView(message, this.me), acked: done };
  }

  markRead(conversationId: string, seq: number | undefined): Promise<void> {
    const state = this.#store.get(conversationId);
    const upTo = seq ?? state?.held ?? 0;
    if (upTo === 0 || (state && upTo <= state.mine.read)) return Promise.resolve();
    const done = this.#receipts.read(conversationId, upTo);
    this.#emitConversation(conversationId);
    return done;
  }

  setTyping(conversationId: string, typing: boolean): void {
    if (this.#state === 'online' || !typing) this.#ownTyping.set(conversationId, typing);
  }

  async watchPresence(personIds: readonly string[]): Promise<PresenceState[]> {
    this.#watched = [...new Set(personIds)];
    for (const id of this.#presence.keys()) if (!this.#watched.includes(id)) this.#presence.delete(id);
    if (this.#state !== 'online') return [];
    await this.#watch();
    // Profiles that changed before they were watched.
    this.#requestSync(0);
    return this.#watched.flatMap((id) => this.#presence.get(id) ?? []);
  }

  presence(personId: string): PresenceState | null {
    return this.#presence.get(personId) ?? null;
  }

  async startDirect(personId: string): Promise<ChatConversation> {
    const { conversation } = await this.#options.session.call('conversations.startDirect', { personId });
    this.#apply({ kind: 'conversation', conversation });
    const known = this.conversation(conversation.id);
    if (!known) throw new ParleyError('closed', 'The client was closed.');
    return known;
  }

  /** Brings a page of older messages. Resolves with whether there are still older ones. */
  loadOlder(conversationId: string, limit: number): Promise<boolean> {
    const loading = this.#loading.get(conversationId) ?? this.#loadOlder(conversationId, limit);
    this.#loading.set(conversationId, loading);
    const done = (): void => {
      this.#loading.delete(conversationId);
    };
    loading.then(done, done);
    return loading;
  }

  async #loadOlder(conversationId: string, limit: number): Promise<boolean> {
    const before = this.#store.get(conversationId)?.messages[0]?.seq;
    if (before === undefined || before <= 1) return false;
    const { items } = await this.#options.session.call('messages.list', { conversationId, before, limit });
    const state = this.#store.get(conversationId);
    if (state?.prepend(items)) this.#emitConversation(conversationId);
    return state?.hasOlder ?? false;
  }

  #opened(): void {
    this.#generation += 1;
    this.#setState('syncing');
    this.#startSync();
  }

  #lost(): void {
    this.#generation += 1;
    this.#syncing = 0;
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    this.outbox.pause();
    this.#receipts.pause();
    this.#othersTyping.clear();
    this.#setState('connecting');
  }

  #startSync(): void {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    if (this.#syncing === this.#generation) {
      this.#syncAgain = true;
      return;
    }
    this.#syncing = this.#generation;
    void this.#sync(this.#generation);
  }

  async #sync(generation: number): Promise<void> {
    const current = (): boolean => generation === this.#generation;
    for (let attempt = 1; current(); attempt += 1) {
      try {
        // Before the sync, so that no change of a profile falls between the two.
        if (this.#state !== 'online' && this.#watched.length > 0) await this.#watch();
        if (!current() || (await this.#syncOnce(current))) return;
      } catch (error) {
        if (!current()) return;
        this.#store.abandonSync();
        await pause(Math.max(retryAfter(error), backoff(attempt)), this.#closing.signal);
      }
    }
  }

  /** @returns false where the connection is gone, or another sync should follow at once */
  async #syncOnce(current: () => boolean): Promise<boolean> {
    let incomplete = false;
    this.#syncAgain = false;
    for (let more = true; more; ) {
      this.#missing = false;
      const result = await this.#connection.command('sync', this.#store.beginSync(this.#options.window));
      if (!current()) return false;
      const changes = this.#store.applySync(result);
      this.#publish({ ...changes, incomplete: false });
      incomplete = changes.incomplete;
      more = result.more;
      // A listener may have closed the client.
      if (!current()) return false;
    }
    this.#everSynced = true;
    if (this.#syncAgain) return false;
    this.#syncing = 0;
    if (this.#state !== 'online') {
      this.#setState('online');
      if (!current()) return true;
      this.outbox.resume();
      this.#receipts.resume();
      for (const { view } of this.#store.list()) this.#acknowledge(view.id);
    }
    if (incomplete) this.#requestSync(incompletePause);
    return true;
  }

  #requestSync(delay: number): void {
    if (this.#state !== 'online' || this.#syncTimer !== undefined) return;
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined;
      const open = this.#missing || delay === 0 || this.#store.list().some(({ incomplete }) => incomplete);
      if (open) this.#startSync();
    }, delay);
  }

  async #watch(): Promise<void> {
    const { items } = await this.#connection.command('presence.watch', { people: this.#watched.join(',') || this.me });
    for (const state of items) this.#setPresence(state);
  }

  #setPresence(state: PresenceState): void {
    const held = this.#presence.get(state.personId);
    this.#presence.set(state.personId, state);
    if (held?.online !== state.online || held.lastSeenAt !== state.lastSeenAt) {
      this.#options.emitter.emit('presence', state);
    }
  }

  #receive(event: WireEvent): void {
    switch (event.type) {
      case 'message.created': {
        const { message } = event.data;
        this.#othersTyping.set(message.conversationId, message.senderId, false);
        this.#apply({ kind: 'message', message });
        return;
      }
      case 'receipt.updated':
        this.#apply({ kind: 'receipt', receipt: event.data });
        return;
      case 'conversation.created':
        this.#apply({ kind: 'conversation', conversation: event.data.conversation });
        return;
      case 'person.updated':
        this.#apply({ kind: 'person', person: event.data.person });
        this.#options.emitter.emit('person', event.data.person);
        return;
      case 'typing.changed': {
        const { conversationId, personId, typing } = event.data;
        if (personId !== this.me) this.#othersTyping.set(conversationId, personId, typing);
        return;
      }
      case 'presence.changed':
        if (this.#watched.includes(event.data.personId)) this.#setPresence(event.data);
        return;
      case 'session.revoked':
        this.#options.emitter.emit('sessionsRevoked', event.data);
        return;
      case 'session.ended':
      case 'server.draining':
      case 'error':
        return; // the end of the connection follows, and commands are always sent with an acknowledgement
      default:
        event satisfies never; // a newer server says more than this client knows
    }
  }

  async #send({ conversationId, clientId, text }: QueuedMessage): Promise<Message> {
    const { message } = await this.#connection.command('messages.send', { conversationId, clientId, text });
    this.#apply({ kind: 'message', message });
    return message;
  }

  #apply(fact: Fact): void {
    if (this.#closing.signal.aborted) return;
    const changes = this.#store.apply(fact);
    this.#publish(changes);
    if (fact.kind === 'receipt') this.#options.emitter.emit('receipt', fact.receipt);
  }

  #publish(changes: Changes): void {
    const { emitter } = this.#options;
    // What is stored leaves the queue before anybody looks, so that no message is seen twice.
    for (const message of changes.messages) if (message.senderId === this.me) this.outbox.settle(message);
    for (const conversationId of changes.reset) emitter.emit('reset', { conversationId });
    for (const conversationId of changes.removed) emitter.emit('conversationRemoved', { conversationId });
    for (const message of changes.messages) {
      const sentHere =
        message.senderId === this.me && message.clientId !== null && this.#sentHere.delete(message.clientId);
      // The first sync brings history, which is no news.
      if (this.#everSynced && !sentHere) emitter.emit('message', this.#messageView(message));
    }
    const touched = new Set([...changes.started, ...changes.changed, ...changes.messages.map((m) => m.conversationId)]);
    for (const conversationId of touched) {
      this.#emitConversation(conversationId);
      this.#acknowledge(conversationId);
    }
    if (changes.started.length > 0 && this.#watched.length > 0 && this.#state === 'online') this.#watchAgain(changes);
    if (changes.incomplete) {
      this.#missing = true;
      this.#requestSync(gapPatience);
    }
  }

  /** Presence is shown to people who share a conversation: a new one may open somebody's to me. */
  #watchAgain({ started }: Changes): void {
    const people = started.flatMap((id) => this.#store.get(id)?.view.members.map(({ person }) => person.id) ?? []);
    if (people.some((id) => id !== this.me && this.#watched.includes(id))) this.#watch().catch(() => {});
  }

  #acknowledge(conversationId: string): void {
    const state = this.#store.get(conversationId);
    if (this.#options.autoDelivered && state?.owesDelivered) this.#receipts.delivered(conversationId, state.held);
  }

  #emitConversation(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    if (conversation) this.#options.emitter.emit('conversation', conversation);
  }

  #messageView(message: Message): ChatMessage {
    return messageView(message, this.me, this.#store.get(message.conversationId)?.view.members ?? []);
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.emitter.emit('connection', state);
  }
}
