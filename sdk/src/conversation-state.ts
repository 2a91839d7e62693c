import type { Fact, OwnFact, SharedFact } from './facts.ts';
import type { Conversation, Message, Operations, Person, Receipt } from './generated/protocol.ts';
import { InOrder } from './in-order.ts';
import { afterChange, lacksMembers, withPerson, withReceipt } from './members.ts';
import { marked, reacted, updated } from './message-changes.ts';
import { MessageRun } from './message-run.ts';
import { isUnread, latest, sumOfMarks } from './reckoning.ts';

/** What a client knows about me beside the conversation. */
export interface Self {
  readonly id: string;
  /** People whose messages do not count as unread. */
  readonly blocked: ReadonlySet<string>;
  /** Profiles of people as events have told them last. */
  readonly profiles: ReadonlyMap<string, Person>;
}

/** What a fact has changed. */
export interface Outcome {
  /** Messages that now follow the run, in order. */
  readonly added: readonly Message[];
  /** Messages of the run that are not what they were. */
  readonly updated: readonly Message[];
  readonly changed: boolean;
  /** Messages of the run were dropped. */
  readonly dropped: boolean;
  /** Something is missing between what is held and what came: ask the server. */
  readonly incomplete: boolean;
}

export type SyncChange = Operations['sync']['output']['changes'][number];

/**
 * One conversation as the server has told of it; nothing here is a guess.
 *
 * Invariants: it is what the server had at `view.rev`, because changes that all see are taken in the order of their `rev`
 * and wait until none is missing before them; in the same way what only I see, by `me.version`. The run of messages has no
 * gaps and ends at `held`. Watermarks only grow. All of this except where the server's answer to a sync says otherwise.
 */
export class ConversationState {
  readonly #self: Self;
  #view: Conversation;
  readonly #run = new MessageRun();
  readonly #shared = new InOrder<SharedFact>(0);
  readonly #own = new InOrder<OwnFact['data']>(0);
  /** Watermarks of people who are not among the members, or not yet. */
  readonly #strangers = new Map<string, Receipt>();
  /** The latest `rev` at which I was told to be in it. */
  #joinedRev = 0;
  #announced = 0;
  /** What the server's `version` counts that this client does not know of. */
  #versionOffset = 0;
  /** Something cannot be known from what is held; the next sync must bring the whole view. */
  #stale = false;
  /** Where I have archived it, as far as is known: later messages end that. */
  #archivedAt = 0;
  /** What has changed while an older page is on its way, which may have been read before that. */
  #page: { readonly changes: ((message: Message) => Message)[]; outdated: boolean } | null = null;
  #added: Message[] = [];
  #updated: Message[] = [];

  constructor(self: Self, view: Conversation) {
    this.#self = self;
    this.#view = view;
    this.#replaceView(view);
    this.#run.restart(view.me.historyFrom, view.me.historyFrom);
    this.#learnNewcomers();
  }

  /** As the server would show it now, if nothing is missing. */
  get view(): Conversation {
    return this.#view;
  }

  /** The run of consecutive messages that is held. */
  get messages(): readonly Message[] {
    return this.#run.messages;
  }

  /** New messages that wait for what comes before them, in order. */
  get ahead(): readonly Message[] {
    return this.#shared.early
      .flatMap((fact) => ('message' in fact.data && fact.data.message.seq > this.held ? [fact.data.message] : []))
      .sort((a, b) => a.seq - b.seq);
  }

  /** `seq` up to which all messages are held, from some point on. */
  get held(): number {
    return this.#run.held;
  }

  get hasOlder(): boolean {
    return !this.#run.whole;
  }

  /** Whether the server has something that is not held here. */
  get incomplete(): boolean {
    return this.#unsure || this.#shared.waiting || this.#own.waiting || this.#behind;
  }

  /** How it is described to the server in a sync. */
  get known(): { id: string; seq: number; rev: number; mine: number; version: number } {
    const version = this.#unsure ? 0 : Math.max(0, sumOfMarks(this.#view) + this.#versionOffset);
    const { id, rev, me } = this.#view;
    return { id, seq: this.held, rev, mine: me.version, version };
  }

  /** My watermarks. */
  get mine(): { read: number; delivered: number } {
    return this.#view.me;
  }

  /** Whether a message of somebody else came that is not marked as delivered. */
  get owesDelivered(): boolean {
    const { delivered } = this.mine;
    if (this.held <= delivered) return false;
    // Of what lies before the run, only the server knows whose it is.
    if (this.#run.first > delivered + 1) return true;
    return this.#after(delivered).some(({ senderId }) => senderId !== this.#self.id);
  }

  /** Whether I was in it after this `rev`. */
  outlives(rev: number): boolean {
    return rev <= Math.max(this.#view.rev, this.#joinedRev);
  }

  find(seq: number): Message | undefined {
    return this.#run.find(seq);
  }

  /** Unread messages, were `read` my watermark. */
  unreadAfter(read: number): number {
    if (read <= this.mine.read) return this.#view.unread;
    return this.#countUnread(read) ?? this.#view.unread;
  }

  apply(fact: Fact): Outcome {
    switch (fact.type) {
      case 'message.created':
      case 'message.updated':
        return this.#take(fact.data.message.rev, fact);
      case 'conversation.updated':
        return this.#take(fact.data.conversation.rev, fact);
      case 'reaction.changed':
      case 'members.joined':
      case 'member.left':
      case 'members.updated':
        return this.#take(fact.data.rev, fact);
      case 'inbox.updated':
        return this.#takeOwn(fact.data);
      case 'receipt.updated':
        return this.#outcome(this.#moveReceipt(fact.data));
      case 'person.updated':
        return this.#outcome(this.#updatePerson(fact.data.person));
      case 'conversation.joined':
        return this.#outcome(this.#mergeView(fact.data.conversation));
      case 'sync.needed':
        this.#stale = true;
        return this.#outcome(false);
      case 'conversation.closed':
      case 'conversation.hidden':
        return this.#outcome(false); // the store drops it
    }
  }

  /** Takes the server's answer to a sync, which replaces what is held. What has come since it was asked is applied again. */
  applySync({ conversation, messages, changed, reset }: SyncChange): Outcome {
    const { lastSeq, me } = conversation;
    // It has brought changes of those messages only that were held.
    if (this.#page) this.#page.outdated = true;
    const anew = reset || (messages[0]?.seq ?? 0) > Math.max(this.held, me.historyFrom) + 1;
    if (anew) this.#run.restart((messages[0]?.seq ?? lastSeq + 1) - 1, me.historyFrom);
    this.#run.cut(lastSeq);
    const cleared = this.#run.setFloor(me.historyFrom);
    this.#replaceView(conversation);
    for (const message of [...changed, ...messages]) {
      // It may have come while the server was reading.
      if (message.seq <= this.held) this.#change(message.seq, () => message);
      else if (this.#run.append(message)) this.#added.push(message);
    }
    return { ...this.#outcome(true), dropped: anew || cleared };
  }

  /** Call it before an older page is asked for. */
  beginPage(): void {
    this.#page = { changes: [], outdated: false };
  }

  /** Puts an older page before the run. @returns false where it does not join it, or may be out of date: ask again */
  prepend(page: readonly Message[]): boolean {
    const { changes, outdated } = this.#page ?? { changes: [], outdated: true };
    this.#page = null;
    if (outdated) return false;
    return this.#run.prepend(page.map((message) => changes.reduce((each, change) => change(each), message)));
  }

  /** Whom I have blocked has changed. @returns whether that changes what is shown */
  recount(): boolean {
    const { unread } = this.#view;
    this.#countAnew();
    return this.#view.unread !== unread || this.#stale;
  }

  get #behind(): boolean {
    return this.held < this.#view.lastSeq;
  }

  get #unsure(): boolean {
    return this.#stale || this.#strangers.size > 0;
  }

  #outcome(changed: boolean): Outcome {
    const added = this.#added.filter(({ seq }) => seq > this.#announced);
    this.#announced = added.at(-1)?.seq ?? this.#announced;
    const updated = this.#updated.filter(({ seq }) => seq <= this.#announced);
    this.#added = [];
    this.#updated = [];
    return { added, updated, changed, dropped: false, incomplete: this.incomplete };
  }

  // What all see

  #take(rev: number, fact: SharedFact): Outcome {
    if (!this.#shared.add(rev, fact)) return { ...this.#outcome(false), incomplete: false };
    return this.#drain();
  }

  /** Takes what is complete up to now. */
  #drain(): Outcome {
    const before = this.#view;
    let dropped = false;
    // While messages are missing that only a sync brings, everything waits for it.
    for (let next = this.#shared.peek(); next && !this.#behind; next = this.#shared.peek()) {
      this.#shared.take();
      this.#view = { ...this.#view, rev: this.#shared.last };
      this.#applyShared(next);
      dropped = this.#forgetUpTo(this.#view.retainedFrom) || dropped;
    }
    for (let next = this.#own.peek(); next && this.#isReady(next); next = this.#own.peek()) {
      this.#own.take();
      dropped = this.#applyOwn(next) || dropped;
    }
    return { ...this.#outcome(before !== this.#view), dropped };
  }

  #applyShared(fact: SharedFact): void {
    switch (fact.type) {
      case 'message.created':
      case 'message.updated':
        if (fact.data.message.seq > this.held) this.#append(fact.data.message);
        else this.#update(fact.data.message);
        return;
      case 'reaction.changed':
        this.#changeAndCount(fact.data.seq, (held) => reacted(held, fact.data));
        return;
      default:
        this.#view = afterChange(this.#view, fact, this.#self.id);
        if (fact.type === 'members.joined') this.#learnNewcomers();
        if (fact.type === 'member.left') this.#strangers.delete(fact.data.personId);
        // They are shown again only now.
        if (fact.type === 'member.left' && lacksMembers(this.#view)) this.#stale = true;
    }
  }

  /** Messages up to a place were removed for good. @returns whether some were held */
  #forgetUpTo(retainedFrom: number): boolean {
    const { me } = this.#view;
    if (retainedFrom <= me.historyFrom) return false;
    this.#view = { ...this.#view, me: { ...me, historyFrom: retainedFrom } };
    const dropped = this.#run.setFloor(retainedFrom);
    this.#countAnew();
    return dropped;
  }

  #append(message: Message): void {
    if (!this.#run.append(message)) {
      this.#stale = true;
      return;
    }
    this.#added.push(message);
    const { lastActivityAt, unread, me, lastMessage } = this.#view;
    const quiet = me.mutedUntil !== null && me.mutedUntil > message.createdAt;
    const visible = message.seq > me.historyFrom && !message.hidden;
    this.#view = {
      ...this.#view,
      lastSeq: message.seq,
      lastMessage: visible ? message : lastMessage,
      lastActivityAt: latest(lastActivityAt, message.createdAt),
      unread: unread + (this.#isUnread(message, this.mine.read) ? 1 : 0),
      me: me.archived && !quiet && message.seq > this.#archivedAt ? { ...me, archived: false } : me,
    };
  }

  #update(message: Message): void {
    if (message.deletedAt !== undefined) this.#recheck(message.seq);
    this.#changeAndCount(message.seq, (held) => updated(held, message));
  }

  // What only I see

  #takeOwn(data: OwnFact['data']): Outcome {
    if (!this.#own.add(data.me.version, data)) return { ...this.#outcome(false), incomplete: false };
    return this.#drain();
  }

  /** It waits for the messages that it is about; where one is shown again that is not held, for the sync that brings it. */
  #isReady({ me, marks }: OwnFact['data']): boolean {
    if (me.historyFrom > this.held) return false;
    return marks.every(({ seq, hidden }) => seq <= this.held && (hidden || !this.#run.find(seq)?.hidden));
  }

  #applyOwn({ rev, me, marks, lastMessage }: OwnFact['data']): boolean {
    const { role, joinedAt, historyFrom } = this.#view.me;
    const floor = Math.max(me.historyFrom, historyFrom);
    const { read, delivered } = this.mine;
    this.#view = { ...this.#view, me: { ...me, role, joinedAt, historyFrom: floor, read, delivered } };
    if (me.archived) {
      const { lastSeq } = this.#view;
      this.#archivedAt = rev === this.#view.rev ? lastSeq : Math.max(lastMessage?.seq ?? 0, me.historyFrom);
      // A message that is held here may have come before that, or after.
      if (lastSeq > this.#archivedAt && me.mutedUntil === null) this.#stale = true;
    }
    const dropped = this.#run.setFloor(floor);
    for (const mark of marks) {
      // Of one that is not held, nobody here knows whether it was hidden before.
      if (mark.hidden || !this.#run.find(mark.seq)) this.#recheck(mark.seq);
      this.#change(mark.seq, (held) => marked(held, mark));
    }
    this.#moveReceipt({ ...me, conversationId: this.#view.id, personId: this.#self.id });
    if (floor > historyFrom) this.#countAnew();
    else if (marks.length > 0) this.#count();
    return dropped;
  }

  // Messages

  #change(seq: number, how: (message: Message) => Message): void {
    const { lastMessage } = this.#view;
    this.#page?.changes.push((message) => (message.seq === seq ? how(message) : message));
    const message = this.#run.change(seq, how);
    if (message) this.#updated.push(message);
    if (lastMessage?.seq === seq) this.#view = { ...this.#view, lastMessage: this.#run.find(seq) ?? how(lastMessage) };
  }

  #changeAndCount(seq: number, how: (message: Message) => Message): void {
    this.#change(seq, how);
    if (seq >= Math.min(this.mine.read + 1, this.#view.lastMessage?.seq ?? 0)) this.#count();
  }

  /** A message may count otherwise now. Where not all that counts is held, only the server knows. */
  #recheck(seq: number): void {
    if (seq > this.mine.read && this.#countUnread(this.mine.read) === null) this.#stale = true;
  }

  /** Brings the last message and the unread messages of the view up to the run. */
  #count(): void {
    const { lastMessage, me } = this.#view;
    let last = this.#run.lastVisible ?? null;
    if (!last && !this.#run.whole && lastMessage && lastMessage.seq > me.historyFrom) {
      // It lies before the run.
      last = lastMessage;
      if (lastMessage.hidden) this.#stale = true;
    }
    if (this.#behind) last = lastMessage;
    const unread = this.#countUnread(me.read) ?? this.#view.unread;
    this.#view = { ...this.#view, lastMessage: last, unread };
  }

  /** The same, where what the server has counted is no longer right. */
  #countAnew(): void {
    this.#count();
    if (this.#countUnread(this.mine.read) === null) this.#stale = true;
  }

  /** Counts unread messages after a watermark; null where not all of them are held. */
  #countUnread(read: number): number | null {
    const from = Math.max(read, this.#view.me.historyFrom);
    if (from >= this.#view.lastSeq) return 0;
    if (this.#run.first > from + 1 || this.#behind) return null;
    return this.#after(from).filter((message) => this.#isUnread(message, from)).length;
  }

  #isUnread(message: Message, read: number): boolean {
    return message.seq > Math.max(read, this.#view.me.historyFrom) && isUnread(message, this.#self);
  }

  #after(seq: number): readonly Message[] {
    return this.#run.messages.slice(Math.max(0, seq + 1 - this.#run.first));
  }

  // Members and the view as a whole

  #moveReceipt(receipt: Receipt): boolean {
    const { personId } = receipt;
    const before = this.#view;
    const members = withReceipt(before.members, receipt);
    const isMe = personId === this.#self.id;
    const shown = before.members.some(({ person }) => person.id === personId);
    if (shown) this.#strangers.delete(personId);
    else if (before.members.length > 0) this.#strangers.set(personId, receipt);
    if (members !== before.members) this.#view = { ...before, members };
    if (!isMe) return before !== this.#view;

    const read = Math.max(receipt.read, this.mine.read);
    const delivered = Math.max(receipt.delivered, this.mine.delivered);
    if (read === this.mine.read && delivered === this.mine.delivered) return before !== this.#view;
    const readBefore = this.mine.read;
    this.#view = { ...this.#view, me: { ...this.#view.me, read, delivered } };
    if (read > readBefore) {
      const unread = this.#countUnread(read);
      if (unread === null) this.#stale = true;
      else this.#view = { ...this.#view, unread };
    }
    return true;
  }

  /** What was told of members before they came. */
  #learnNewcomers(): void {
    for (const { person } of this.#view.members) {
      const profile = this.#self.profiles.get(person.id);
      if (profile) this.#updatePerson(profile);
    }
    for (const receipt of [...this.#strangers.values()]) this.#moveReceipt(receipt);
    if (this.#view.members.length === 0) this.#strangers.clear();
  }

  #updatePerson(person: Person): boolean {
    const members = withPerson(this.#view.members, person);
    if (members === this.#view.members) return false;
    this.#view = { ...this.#view, members };
    return true;
  }

  /** A view that came otherwise than by a sync: takes what is newer in it. */
  #mergeView(view: Conversation): boolean {
    // It is ahead as a whole; a sync brings what lies between.
    if (view.rev > this.#view.rev) this.#stale = true;
    this.#joinedRev = Math.max(view.rev, this.#joinedRev);
    if (view.rev !== this.#view.rev) return false;
    const before = this.#view;
    for (const { person, read, delivered } of view.members) {
      this.#updatePerson(person);
      this.#moveReceipt({ conversationId: view.id, personId: person.id, read, delivered });
    }
    return before !== this.#view;
  }

  #replaceView(view: Conversation): void {
    this.#view = view;
    this.#versionOffset = view.version - sumOfMarks(view);
    this.#stale = false;
    this.#strangers.clear();
    this.#shared.restart(view.rev);
    this.#own.restart(view.me.version);
    this.#archivedAt = view.me.archived ? view.lastSeq : 0;
  }
}
