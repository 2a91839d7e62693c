import type { Answers } from './answers.ts';
import { Awaited } from './awaited.ts';
import { BlockList } from './block-list.ts';
import type { ClientEvents } from './client-events.ts';
import { Connection } from './connection.ts';
import type { ConnectionState } from './connection-state.ts';
import { type ChatConversation, conversationView } from './conversation-view.ts';
import { type Draft, parts, wire } from './draft.ts';
import type { Emitter } from './emitter.ts';
import { ParleyError } from './errors.ts';
import { type Fact, isFact } from './facts.ts';
import type { Conversation, Message, Person, PresenceState, WireEvent } from './generated/protocol.ts';
import { History } from './history.ts';
import { type ChatMessage, messageView, queuedView } from './message-view.ts';
import { Outbox, type QueuedMessage } from './outbox.ts';
import { PeopleDirectory } from './people-directory.ts';
import { PresenceWatch } from './presence-watch.ts';
import { Receipts } from './receipts.ts';
import type { ServerAddress } from './rest.ts';
import type { Session } from './session.ts';
import type { ClientStorage } from './storage.ts';
import { type Changes, Store } from './store.ts';
import { SyncLoop } from './sync-loop.ts';
import { OthersTyping, OwnTyping } from './typing.ts';

export interface AccountOptions {
  readonly address: ServerAddress;
  readonly session: Session;
  readonly storage: ClientStorage;
  readonly me: string;
  readonly window: number;
  readonly autoDelivered: boolean;
  readonly emitter: Emitter<ClientEvents>;
}

/** Everything live about one person who is signed in: joins the parts, and tells the app what has changed. */
export class LiveAccount implements Answers {
  readonly me: string;
  readonly outbox: Outbox;
  readonly presence: PresenceWatch;
  readonly people: PeopleDirectory;
  readonly history: History;
  readonly #options: AccountOptions;
  readonly #store: Store;
  readonly #blocks: BlockList;
  readonly #receipts: Receipts;
  readonly #connection: Connection;
  readonly #syncs: SyncLoop;
  readonly #ownTyping: OwnTyping;
  readonly #othersTyping: OthersTyping;
  /** clientIds of what was sent here, whose arrival is no news. */
  readonly #sentHere = new Set<string>();
  /** Lists of members whose profiles the directory has. */
  readonly #learned = new WeakSet<readonly unknown[]>();
  readonly #awaited = new Awaited();
  #state: ConnectionState = 'offline';
  #closed = false;
  #everSynced = false;
  /** Whether it was read over this connection. */
  #blocksRead = false;

  constructor(options: AccountOptions) {
    const { address, session, storage, me, emitter } = options;
    this.#options = options;
    this.me = me;
    this.#store = new Store(me);
    this.#connection = new Connection(address, session, {
      opened: () => {
        this.#setState('syncing');
        this.#syncs.open();
      },
      lost: () => this.#lost(),
      received: (events) => {
        for (const event of events) this.#receive(event);
      },
    });
    this.#syncs = new SyncLoop({
      prepare: () => this.#prepare(),
      sync: (current) => this.#sync(current),
      failed: () => this.#store.abandonSync(),
      done: () => this.#online(),
      incomplete: () => this.#store.incomplete,
    });
    this.outbox = new Outbox(storage, me, {
      send: (message) => this.#send(message),
      changed: (message) => emitter.emit(message.failure ? 'messageChanged' : 'message', this.#queuedView(message)),
      settled: (message) => emitter.emit('messageChanged', this.messageView(message)),
      troubled: (error) => emitter.emit('error', error),
    });
    this.#receipts = new Receipts(async (conversationId, mark) => {
      const receipt = await this.#connection.command('receipts.mark', { conversationId, ...mark });
      this.apply({ type: 'receipt.updated', data: receipt });
    });
    this.presence = new PresenceWatch({
      ask: async (people) =>
        (await this.#connection.command('presence.watch', { people: people.join(',') || me })).items,
      changed: (state) => emitter.emit('presence', state),
    });
    this.people = new PeopleDirectory({
      fetch: async (ids) => (await session.call('people.getMany', { ids: ids.join(',') })).items,
      learned: (person) => this.#personChanged(person),
      // What is held is of an older version, so a sync brings it.
      failed: () => this.#syncs.now(),
    });
    this.#blocks = new BlockList(
      (cursor) => session.call('blocks.list', { cursor, limit: 200 }),
      (blocked) => this.#publish(this.#store.setBlocked(blocked)),
    );
    this.history = new History(
      this.#store,
      async (conversationId, before, limit) =>
        (await session.call('messages.list', { conversationId, before, limit })).items,
    );
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
    return this.#state === 'online' && !this.#syncs.busy && !this.#receipts.busy && this.outbox.waiting === 0;
  }

  async open(): Promise<void> {
    await this.outbox.restore();
    for (const { clientId } of this.outbox.all) this.#sentHere.add(clientId);
    if (this.#closed) return;
    this.#setState('connecting');
    this.#connection.open();
  }

  /** Stops everything; `reason` is what unfinished promises reject with. */
  close(reason: ParleyError): void {
    this.#closed = true;
    this.#syncs.close();
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
    return conversationView(state, { id: this.me, blocked: this.#store.blocked }, local);
  }

  messages(conversationId: string): ChatMessage[] {
    const state = this.#store.get(conversationId);
    // Of what came before its predecessors, my own is shown: it must not vanish between pending and sent.
    const early = state?.ahead.filter(({ senderId }) => senderId === this.me) ?? [];
    const held = [...(state?.messages ?? []), ...early].filter(({ hidden }) => !hidden);
    return [
      ...held.map((message) => messageView(message, this.me, state)),
      ...this.outbox.messages(conversationId).map((message) => queuedView(message, this.me, state)),
    ];
  }

  send(conversationId: string, draft: Draft): { message: ChatMessage; acked: Promise<ChatMessage> } {
    const { message, acked } = this.outbox.add(conversationId, parts(draft));
    this.#sentHere.add(message.clientId);
    this.#ownTyping.set(conversationId, false);
    const done = acked.then((stored) => this.messageView(stored));
    done.catch(() => {}); // whoever wants to know waits for it
    return { message: this.#queuedView(message), acked: done };
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
    this.presence.set(personIds);
    if (this.#state !== 'online') return [];
    await this.presence.refresh();
    // Profiles that changed before they were watched.
    this.#syncs.now();
    return this.presence.known;
  }

  async loadOlder(conversationId: string, limit: number): Promise<boolean> {
    const more = await this.history.load(conversationId, limit);
    this.#emitConversation(conversationId);
    return more;
  }

  /** A conversation that an answer has brought. */
  started(conversation: Conversation): ChatConversation {
    this.apply({ type: 'conversation.joined', data: { conversation } });
    const known = this.conversation(conversation.id);
    if (!known) throw new ParleyError('closed', 'The client was closed.');
    return known;
  }

  /** Takes what the server says, in an event or in an answer. */
  apply(fact: Fact): void {
    if (this.#closed) return;
    this.#publish(this.#store.apply(fact));
    if (fact.type === 'receipt.updated') this.#options.emitter.emit('receipt', fact.data);
  }

  async shown(conversationId: string, rev: number): Promise<void> {
    const isShown = (): boolean =>
      this.#state !== 'online' || (this.#store.get(conversationId)?.view.rev ?? rev) >= rev;
    // Its event is lost.
    if (!(await this.#awaited.until(isShown))) this.apply({ type: 'sync.needed', data: { conversationId } });
  }

  async gone(conversationId: string): Promise<void> {
    const isGone = (): boolean => this.#state !== 'online' || this.#store.get(conversationId) === undefined;
    if (!(await this.#awaited.until(isGone))) this.apply({ type: 'sync.needed', data: { conversationId } });
  }

  messageView(message: Message): ChatMessage {
    return messageView(message, this.me, this.#store.get(message.conversationId));
  }

  #queuedView(message: QueuedMessage): ChatMessage {
    return queuedView(message, this.me, this.#store.get(message.conversationId));
  }

  #lost(): void {
    this.#blocksRead = false;
    this.#syncs.lost();
    this.outbox.pause();
    this.#receipts.pause();
    this.#othersTyping.clear();
    this.#setState('connecting');
  }

  #online(): void {
    this.#setState('online');
    if (this.#state !== 'online') return; // a listener has closed the client
    this.people.renew();
    this.outbox.resume();
    this.#receipts.resume();
    for (const { view } of this.#store.list()) this.#acknowledge(view.id);
  }

  /** Before the sync, so that no change falls between the two. */
  async #prepare(): Promise<void> {
    if (!this.presence.empty) await this.presence.refresh();
  }

  async #sync(current: () => boolean): Promise<boolean> {
    for (;;) {
      const answer = await this.#connection.command('sync', this.#store.beginSync(this.#options.window));
      if (!current()) return true;
      const changes = this.#store.applySync(answer);
      this.#publish({ ...changes, incomplete: false });
      // A listener may have closed the client.
      if (!current()) return true;
      if (answer.more) continue;
      this.#everSynced = true;
      // Only now do its events flow.
      if (!this.#blocksRead) await this.#blocks.refresh();
      this.#blocksRead = true;
      return this.#store.incomplete;
    }
  }

  #receive(event: WireEvent): void {
    if (event.type === 'message.created') {
      const { conversationId, senderId } = event.data.message;
      this.#othersTyping.set(conversationId, senderId, false);
    }
    for (const { id } of limitedIn(event)) this.people.ask(id);
    if (event.type === 'person.updated') this.#personChanged(event.data.person);
    else if (isFact(event)) this.apply(event);
    else this.#receiveOther(event);
  }

  #receiveOther(event: Exclude<WireEvent, Fact>): void {
    switch (event.type) {
      case 'typing.changed': {
        const { conversationId, personId, typing } = event.data;
        if (personId !== this.me) this.#othersTyping.set(conversationId, personId, typing);
        return;
      }
      case 'presence.changed': {
        const { change: _, ...state } = event.data;
        this.presence.receive(state);
        return;
      }
      case 'presence.unwatched':
        this.#unwatched(event.data.personId);
        return;
      case 'block.changed':
        this.#blocks.receive(event.data);
        this.#options.emitter.emit('block', event.data);
        return;
      case 'contact.updated':
        this.#options.emitter.emit('contact', event.data.contact);
        return;
      case 'contact.removed':
        this.#options.emitter.emit('contactRemoved', { contactId: event.data.contactId });
        return;
      case 'preferences.changed':
        this.#options.emitter.emit('preferences', event.data);
        return;
      case 'notification.created':
        this.#options.emitter.emit('notification', event.data.notification);
        return;
      case 'notifications.read':
        this.#options.emitter.emit('notificationsRead', event.data);
        return;
      case 'notification.removed':
        this.#options.emitter.emit('notificationRemoved', event.data);
        return;
      case 'session.revoked':
        this.#options.emitter.emit('sessionsRevoked', event.data);
        return;
      case 'scheduled.changed':
        this.#options.emitter.emit('scheduled', event.data);
        return;
      case 'join_request.changed':
        this.#options.emitter.emit('joinRequest', event.data);
        return;
      case 'viewing.changed': // of use to who draws who else reads along
      case 'session.ended':
      case 'server.draining':
      case 'error':
        return; // the end of the connection follows, and commands are always sent with an acknowledgement
      default:
        event satisfies never; // a newer server says more than this client knows
    }
  }

  /** The server shows this person no longer, or for another reason: only asking tells. */
  #unwatched(personId: string): void {
    if (!this.presence.has(personId)) return;
    this.presence.hide(personId);
    // What changed of the profile while it was not watched comes with the sync.
    this.presence.refresh().then(
      () => this.#syncs.now(),
      () => {},
    );
  }

  #personChanged(person: Person): void {
    if (this.#closed || person.limited) return;
    this.people.learn(person);
    this.apply({ type: 'person.updated', data: { person } });
    this.#options.emitter.emit('person', person);
  }

  async #send({ conversationId, clientId, createdAt: _, failure: __, ...draft }: QueuedMessage): Promise<Message> {
    const { message } = await this.#connection.command('messages.send', { conversationId, clientId, ...wire(draft) });
    this.apply({ type: 'message.created', data: { message } });
    return message;
  }

  #publish(changes: Changes): void {
    const { emitter } = this.#options;
    // What is stored leaves the queue before anybody looks, so that no message is seen twice.
    for (const message of changes.messages) if (message.senderId === this.me) this.outbox.settle(message);
    const touched = new Set([...changes.started, ...changes.changed, ...changes.messages.map((m) => m.conversationId)]);
    for (const id of touched) this.#learn(id);
    for (const conversationId of changes.reset) emitter.emit('reset', { conversationId });
    for (const conversationId of changes.removed) emitter.emit('conversationRemoved', { conversationId });
    for (const message of changes.messages) {
      const sentHere =
        message.senderId === this.me && message.clientId !== null && this.#sentHere.delete(message.clientId);
      // The first sync brings history, which is no news.
      if (this.#everSynced && !sentHere && !message.hidden) emitter.emit('message', this.messageView(message));
    }
    for (const message of changes.updated) emitter.emit('messageChanged', this.messageView(message));
    for (const conversationId of touched) {
      this.#emitConversation(conversationId);
      this.#acknowledge(conversationId);
    }
    if (changes.started.length > 0 && this.#state === 'online') this.#watchAgain(changes);
    if (changes.incomplete) this.#syncs.missing();
    this.#awaited.check();
  }

  /** Keeps the profiles of members, for names of people who have left or who are no longer shown. */
  #learn(conversationId: string): void {
    const members = this.#store.get(conversationId)?.view.members;
    if (!members || this.#learned.has(members)) return;
    this.#learned.add(members);
    for (const { person } of members) this.people.learn(person);
  }

  /** Presence is shown to people who share a conversation: a new one may open somebody's to me. */
  #watchAgain({ started }: Changes): void {
    const people = started.flatMap((id) => this.#store.get(id)?.view.members.map(({ person }) => person.id) ?? []);
    if (people.some((id) => id !== this.me && this.presence.has(id))) this.presence.refresh().catch(() => {});
  }

  #acknowledge(conversationId: string): void {
    const state = this.#store.get(conversationId);
    if (this.#options.autoDelivered && state?.owesDelivered) this.#receipts.delivered(conversationId, state.held);
  }

  #emitConversation(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    if (conversation) this.#options.emitter.emit('conversation', conversation);
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#awaited.check();
    this.#options.emitter.emit('connection', state);
  }
}

/** People of whom an event, which is the same for many, leaves out what only some may see. */
function limitedIn(event: WireEvent): Person[] {
  const people: Person[] = [];
  if (event.type === 'person.updated') people.push(event.data.person);
  if (event.type === 'conversation.joined') people.push(...event.data.conversation.members.map((each) => each.person));
  if (event.type === 'members.joined') people.push(...event.data.members.map((each) => each.person));
  return people.filter(({ limited }) => limited);
}
