import type { Conversation, Message, Person, Receipt } from './generated/protocol.ts';

/** A fact of the server about a conversation, by an event or by the answer to a command. Any order, any number of times. */
export type Fact =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'conversation'; readonly conversation: Conversation }
  | { readonly kind: 'person'; readonly person: Person };

/** What a fact has changed. */
export interface Outcome {
  /** Messages that now follow the run, in order. */
  readonly added: readonly Message[];
  readonly changed: boolean;
  /** Something is missing between what is held and what came: ask the server. */
  readonly incomplete: boolean;
}

const nothing: Outcome = { added: [], changed: false, incomplete: false };

/**
 * One conversation as the server has told of it; nothing here is a guess.
 *
 * Invariants: `messages` is a run of consecutive `seq`s that ends at `held`; what came early waits in `ahead` and is never
 * dropped; watermarks and `rev` only grow, except where the server's answer to a sync says otherwise.
 */
export class ConversationState {
  readonly #me: string;
  #view: Conversation;
  #messages: Message[] = [];
  #held = 0;
  #announced = 0;
  readonly #ahead = new Map<number, Message>();
  /** What the server's `version` counts that this client does not know of. */
  #versionOffset = 0;
  /** Some of it was missed without a gap in `seq`; the next sync must bring the whole view. */
  #stale = false;

  constructor(me: string, view: Conversation) {
    this.#me = me;
    this.#view = view;
    this.#replaceView(view);
  }

  /** As the server would show it now, if nothing is missing. */
  get view(): Conversation {
    return this.#view;
  }

  /** The run of consecutive messages that is held. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Messages that came before their predecessors, in order. */
  get ahead(): readonly Message[] {
    return [...this.#ahead.values()].sort((a, b) => a.seq - b.seq);
  }

  /** `seq` up to which all messages are held, from some point on. */
  get held(): number {
    return this.#held;
  }

  get hasOlder(): boolean {
    const first = this.#messages[0];
    return first ? first.seq > 1 : this.#view.lastSeq > 0;
  }

  /** Whether the server has something that is not held here. */
  get incomplete(): boolean {
    return this.#stale || this.#ahead.size > 0 || this.#held < this.#view.lastSeq;
  }

  /** How it is described to the server in a sync. */
  get known(): { id: string; seq: number; version: number } {
    const { id } = this.#view;
    return { id, seq: this.#held, version: this.#stale ? 0 : Math.max(0, versionOf(this.#view) + this.#versionOffset) };
  }

  /** My watermarks. */
  get mine(): { read: number; delivered: number } {
    return this.#view.members.find(({ person }) => person.id === this.#me) ?? { read: 0, delivered: 0 };
  }

  /** Whether a message of somebody else came that is not marked as delivered. */
  get owesDelivered(): boolean {
    const { delivered } = this.mine;
    if (this.#held <= delivered) return false;
    const first = this.#messages[0]?.seq ?? 1;
    // Of what lies before the run, only the server knows whose it is.
    return (
      first > delivered + 1 || this.#messages.some(({ seq, senderId }) => seq > delivered && senderId !== this.#me)
    );
  }

  /** Unread messages, were `read` my watermark. */
  unreadAfter(read: number): number {
    if (read <= this.mine.read) return this.#view.unread;
    if (read >= this.#view.lastSeq) return 0;
    return this.#countUnread(read) ?? this.#view.unread;
  }

  apply(fact: Fact): Outcome {
    switch (fact.kind) {
      case 'message':
        return this.#addMessage(fact.message);
      case 'receipt':
        return this.#moveReceipt(fact.receipt);
      case 'conversation':
        return this.#mergeView(fact.conversation);
      case 'person':
        return this.#updatePerson(fact.person);
    }
  }

  /** Takes the server's answer to a sync, which replaces what is held. */
  applySync(change: { conversation: Conversation; messages: readonly Message[]; reset: boolean }): Outcome {
    const { lastSeq } = change.conversation;
    if (change.reset) {
      this.#messages = [];
      this.#ahead.clear();
      this.#held = (change.messages[0]?.seq ?? lastSeq + 1) - 1;
    }
    // What came while the server was reading is not in its view: the store lets it come again, on top of the view.
    this.#messages = this.#messages.filter(({ seq }) => seq <= lastSeq);
    this.#held = Math.min(this.#held, lastSeq);
    this.#replaceView(change.conversation);
    for (const message of change.messages) this.#append(message);
    const added = this.#announce([...change.messages, ...this.#drain()]);
    return { added, changed: true, incomplete: this.incomplete };
  }

  /** Puts an older page before the run. One that does not join it is refused. */
  prepend(page: readonly Message[]): boolean {
    const first = this.#messages[0];
    const last = page.at(-1);
    if (!first || !last || last.seq !== first.seq - 1) return false;
    this.#messages = [...page, ...this.#messages];
    return true;
  }

  #addMessage(message: Message): Outcome {
    if (message.seq <= this.#held || this.#ahead.has(message.seq)) return nothing;
    this.#ahead.set(message.seq, message);
    const added = this.#drain();
    return { added: this.#announce(added), changed: added.length > 0, incomplete: this.incomplete };
  }

  /** Each message is new once. */
  #announce(messages: readonly Message[]): Message[] {
    const fresh = messages.filter(({ seq }) => seq > this.#announced);
    this.#announced = fresh.at(-1)?.seq ?? this.#announced;
    return fresh;
  }

  /** Moves what now joins the run into it, with its effect on the view. */
  #drain(): Message[] {
    const added: Message[] = [];
    for (const seq of this.#ahead.keys()) if (seq <= this.#held) this.#ahead.delete(seq);
    for (let next = this.#ahead.get(this.#held + 1); next; next = this.#ahead.get(this.#held + 1)) {
      this.#ahead.delete(next.seq);
      this.#append(next);
      added.push(next);
      if (next.seq <= this.#view.lastSeq) continue;
      // Each message takes the next rev; one that skips tells of a change that never came.
      if (next.rev > this.#view.rev + 1) this.#stale = true;
      const { lastActivityAt, rev, unread } = this.#view;
      this.#view = {
        ...this.#view,
        lastSeq: next.seq,
        lastMessage: next,
        rev: Math.max(rev, next.rev),
        lastActivityAt: later(lastActivityAt, next.createdAt),
        unread: unread + (next.senderId !== this.#me && next.seq > this.mine.read ? 1 : 0),
      };
    }
    return added;
  }

  #append(message: Message): void {
    if (message.seq !== this.#held + 1) return;
    this.#messages.push(message);
    this.#held = message.seq;
  }

  #moveReceipt({ personId, read, delivered }: Receipt): Outcome {
    const member = this.#view.members.find(({ person }) => person.id === personId);
    if (!member) return { added: [], changed: false, incomplete: true };
    if (read <= member.read && delivered <= member.delivered) return nothing;
    const moved = {
      ...member,
      read: Math.max(read, member.read),
      delivered: Math.max(delivered, member.delivered),
    };
    const readBefore = this.mine.read;
    this.#view = { ...this.#view, members: this.#view.members.map((each) => (each === member ? moved : each)) };
    if (personId === this.#me && moved.read > readBefore) {
      const unread = this.#countUnread(moved.read);
      if (unread === null) this.#stale = true;
      else this.#view = { ...this.#view, unread };
    }
    return { added: [], changed: true, incomplete: this.incomplete };
  }

  #updatePerson(person: Person): Outcome {
    const member = this.#view.members.find((each) => each.person.id === person.id);
    if (!member || member.person.version >= person.version) return nothing;
    const members = this.#view.members.map((each) => (each === member ? { ...member, person: shown(person) } : each));
    this.#view = { ...this.#view, members };
    return { added: [], changed: true, incomplete: false };
  }

  /** A view that may be older than what is held, or newer: takes what is newer in it. */
  #mergeView(view: Conversation): Outcome {
    if (view.lastSeq > this.#view.lastSeq || view.rev > this.#view.rev) {
      // The view is ahead as a whole; a sync brings what lies between.
      return { added: [], changed: false, incomplete: true };
    }
    let changed = false;
    for (const { person, read, delivered } of view.members) {
      const receipt = this.#moveReceipt({ conversationId: view.id, personId: person.id, read, delivered });
      changed = this.#updatePerson(person).changed || receipt.changed || changed;
    }
    return { added: [], changed, incomplete: this.incomplete };
  }

  #replaceView(view: Conversation): void {
    this.#view = view;
    this.#versionOffset = view.version - versionOf(view);
    this.#stale = false;
  }

  /** Counts unread messages after a watermark; null where not all of them are held. */
  #countUnread(read: number): number | null {
    if (read >= this.#view.lastSeq) return 0;
    const first = this.#messages[0]?.seq ?? this.#view.lastSeq + 1;
    if (first > read + 1 || this.#held < this.#view.lastSeq) return null;
    return this.#messages.filter(({ seq, senderId }) => seq > read && senderId !== this.#me).length;
  }
}

function versionOf({ rev, members }: Conversation): number {
  return members.reduce((sum, { read, delivered, person }) => sum + read + delivered + person.version, rev);
}

/** Times of the server all have the same form, so they compare as text. */
const later = (a: string, b: string): string => (a > b ? a : b);

/** A profile event of my own person carries more than others see. */
function shown({ id, name, username, about, deleted, version }: Person): Person {
  return { id, name, username, about, deleted, version };
}
