import type { Fact } from '../../../sdk/src/facts.ts';
import type { Conversation, Member, Message, Operations, OwnMember, Person } from '../../../sdk/src/index.ts';

type Known = NonNullable<Operations['sync']['input']['known']>[number];
type SyncOutput = Operations['sync']['output'];
type Settings = Partial<Pick<OwnMember, 'mutedUntil' | 'pinnedAt' | 'markedUnread' | 'customName'>>;

export const timeOf = (n: number): string => new Date(1_700_000_000_000 + n).toISOString();
const always = '2999-01-01T00:00:00.000Z';

const maxMembersShown = 100;
/** Small, so that a short run meets them. */
const limits = { catchUp: 4, changed: 3, reset: 2 };

const conversationId = 'c';

/** The server's side of one group, by the rules of the documents: small enough to be plainly right. */
export class ConversationModel {
  messages: Message[] = [];
  #rev = 1;
  #clock = 0;
  #title = 'Title';
  #members = new Map<string, Member>();
  readonly #profiles = new Map<string, Person>();
  #inGroup = true;
  #lastActivityAt = timeOf(0);
  /** What only I have. */
  #version = 0;
  /** I have cleared it up to here, or came then. */
  #clearedTo = 0;
  /** Older messages were removed for everybody. */
  #retainedFrom = 0;
  #archivedSeq: number | null = null;
  #hiddenSeq: number | null = null;
  #settings: Settings = {};
  readonly #marks = new Map<number, { hidden: boolean; starred: boolean; version: number }>();
  blocked: ReadonlySet<string> = new Set();

  constructor() {
    for (const id of ['me', 'you', 'p1']) this.#members.set(id, this.#newMember(id));
  }

  get people(): string[] {
    return [...this.#members.keys()];
  }

  get inGroup(): boolean {
    return this.#inGroup;
  }

  get shown(): boolean {
    return this.#inGroup && !(this.#hiddenSeq !== null && this.#lastSeq <= this.#hiddenSeq);
  }

  get #lastSeq(): number {
    return this.messages.length;
  }

  // What members do. Each answers with what is told to me.

  send(senderId: string, kind: 'text' | 'system' = 'text'): Fact[] {
    const seq = this.#lastSeq + 1;
    const message: Message = {
      id: `m${seq}`,
      conversationId,
      seq,
      rev: this.#nextRev(),
      senderId,
      clientId: `k${seq}`,
      kind,
      text: `text ${seq}`,
      createdAt: this.#now(),
    };
    this.messages.push(message);
    this.#lastActivityAt = message.createdAt;
    return this.#toMembers({ type: 'message.created', data: { message } });
  }

  edit(place: number): Fact[] {
    return this.#changeMessage(place, (message) => ({ ...message, text: `${message.text}!`, editedAt: this.#now() }));
  }

  pin(place: number): Fact[] {
    return this.#changeMessage(place, ({ pinnedAt, ...message }) =>
      pinnedAt ? message : { ...message, pinnedAt: this.#now() },
    );
  }

  delete(place: number): Fact[] {
    return this.#changeMessage(
      place,
      ({ id, conversationId, seq, rev, senderId, clientId, kind, createdAt, deletedAt }) => {
        const shown = { id, conversationId, seq, rev, senderId, clientId, kind, createdAt };
        return { ...shown, text: '', deletedAt: deletedAt ?? this.#now() };
      },
    );
  }

  react(place: number, personId: string, emoji: string | null): Fact[] {
    const message = this.#messageAt(place);
    if (!message || message.deletedAt) return [];
    const at = this.#now();
    const rev = this.#nextRev();
    const { reactions = [], ...rest } = message;
    const all = reactions.filter((reaction) => reaction.personId !== personId);
    if (emoji !== null) all.push({ personId, emoji, at });
    this.messages[message.seq - 1] = { ...rest, rev, ...(all.length > 0 && { reactions: all }) };
    const { id: messageId, seq } = message;
    const replaced = reactions.find((reaction) => reaction.personId === personId)?.emoji ?? null;
    return this.#toMembers({
      type: 'reaction.changed',
      data: { conversationId, messageId, seq, rev, personId, emoji, replaced, at },
    });
  }

  mark(personId: string, read: number, delivered: number): Fact[] {
    const member = this.#members.get(personId);
    if (!member || (personId === 'me' && !this.#inGroup)) return [];
    const moved = {
      read: Math.max(member.read, Math.min(read, this.#lastSeq)),
      delivered: Math.max(member.delivered, Math.min(Math.max(read, delivered), this.#lastSeq)),
    };
    if (moved.read === member.read && moved.delivered === member.delivered) return [];
    this.#members.set(personId, { ...member, ...moved });
    return this.#toMembers({ type: 'receipt.updated', data: { conversationId, personId, ...moved } });
  }

  retitle(): Fact[] {
    this.#title += '!';
    this.#nextRev();
    return this.#toMembers({ type: 'conversation.updated', data: { conversation: this.#facts } });
  }

  /** The oldest messages have become too old. */
  retain(count: number): Fact[] {
    if (count === 0 || this.#retainedFrom + count > this.#lastSeq) return [];
    this.#retainedFrom += count;
    this.#nextRev();
    return this.#toMembers({ type: 'conversation.updated', data: { conversation: this.#facts } });
  }

  join(ids: readonly string[]): Fact[] {
    const members = [...new Set(ids)].filter((id) => !this.#members.has(id)).map((id) => this.#newMember(id));
    if (members.length === 0) return [];
    for (const member of members) this.#members.set(member.person.id, member);
    const rev = this.#nextRev();
    return this.#toMembers({
      type: 'members.joined',
      data: { conversationId, rev, memberCount: this.#members.size, members, by: 'you' },
    });
  }

  leave(personId: string): Fact[] {
    if (personId === 'me' || !this.#members.delete(personId)) return [];
    const heir = this.people.find((id) => id !== 'me') ?? 'me';
    return this.#toMembers(this.#left(personId, [{ personId: heir, role: this.#setRole(heir, 'admin') }]));
  }

  setRole(personId: string, role: Member['role']): Fact[] {
    if (!this.#members.has(personId)) return [];
    this.#setRole(personId, role);
    const rev = this.#nextRev();
    return this.#toMembers({
      type: 'members.updated',
      data: { conversationId, rev, roles: [{ personId, role }], by: 'you' },
    });
  }

  removeMe(): Fact[] {
    if (!this.#inGroup) return [];
    this.#members.delete('me');
    const facts = this.#toMembers(this.#left('me', []));
    this.#inGroup = false;
    return facts;
  }

  /** I come back: two facts, in one rev of the group. */
  returnMe(history: boolean): Fact[] {
    if (this.#inGroup) return [];
    this.#inGroup = true;
    this.#members.set('me', this.#newMember('me'));
    this.#nextRev();
    this.#version += 1;
    this.#clearedTo = history ? this.#clearedTo : this.#lastSeq;
    this.#archivedSeq = null;
    this.#hiddenSeq = null;
    this.#settings = {};
    const conversation = { ...this.view, lastMessage: null, unread: 0 };
    return [{ type: 'conversation.joined', data: { conversation } }];
  }

  changeProfile(personId: string): Fact[] {
    const member = this.#members.get(personId);
    if (!member) return [];
    const { version } = member.person;
    const changed = { ...member.person, about: `about ${version}`, version: version + 1 };
    this.#members.set(personId, { ...member, person: changed });
    this.#profiles.set(personId, changed);
    return [{ type: 'person.updated', data: { person: changed } }];
  }

  // What I do for myself

  star(place: number): Fact[] {
    const message = this.#messageAt(place);
    if (!message) return [];
    const { hidden = false, starred = false } = this.#marks.get(message.seq) ?? {};
    return hidden || message.deletedAt ? [] : this.#setMark(message, { hidden, starred: !starred });
  }

  hide(place: number): Fact[] {
    const message = this.#messageAt(place);
    if (!message || this.#marks.get(message.seq)?.hidden) return [];
    return this.#setMark(message, { hidden: true, starred: false });
  }

  /** What no client of today can do, and a later server may: a hidden message is shown again. */
  unhide(): Fact[] {
    const [seq] = [...this.#marks].find(([, { hidden }]) => hidden) ?? [];
    const message = this.messages[(seq ?? 0) - 1];
    return message && message.seq > this.#retainedFrom ? this.#setMark(message, { hidden: false, starred: false }) : [];
  }

  clear(): Fact[] {
    return this.#inbox(() => {
      this.#clearedTo = this.#lastSeq;
      return [];
    });
  }

  set(settings: Settings): Fact[] {
    return this.#inbox(() => {
      this.#settings = { ...this.#settings, ...settings };
      return [];
    });
  }

  mute(): Fact[] {
    return this.set({ mutedUntil: this.#settings.mutedUntil ? null : always });
  }

  archive(): Fact[] {
    return this.#inbox(() => {
      this.#archivedSeq = this.#archived ? null : this.#lastSeq;
      return [];
    });
  }

  hideConversation(): Fact[] {
    if (!this.shown) return [];
    this.#version += 1;
    this.#hiddenSeq = this.#lastSeq;
    this.#clearedTo = this.#lastSeq;
    const hidden = { conversationId, lastSeq: this.#lastSeq, version: this.#version };
    return [{ type: 'conversation.hidden', data: hidden }];
  }

  needSync(): Fact[] {
    return this.#inGroup ? [{ type: 'sync.needed', data: { conversationId } }] : [];
  }

  // What the server shows

  get view(): Conversation {
    const { read, delivered, role, joinedAt } = this.#members.get('me') ?? this.#newMember('me');
    const all = [...this.#members.values()];
    const members = all.length > maxMembersShown ? [] : all.sort(byJoining);
    const sum = members.reduce((total, each) => total + each.read + each.delivered + each.person.version, 0);
    return {
      ...this.#facts,
      lastActivityAt: this.#lastActivityAt,
      lastSeq: this.#lastSeq,
      version: this.#rev + this.#version + (members.length > 0 ? sum : read + delivered),
      members,
      me: {
        role,
        joinedAt,
        read,
        delivered,
        historyFrom: this.#historyFrom,
        version: this.#version,
        mutedUntil: null,
        archived: this.#archived,
        pinnedAt: null,
        markedUnread: false,
        customName: null,
        preferences: {
          notifications: true,
          autoDownload: { photos: true, videos: false, documents: false },
        },
        ...this.#settings,
      },
      lastMessage: this.history.findLast(({ hidden }) => !hidden) ?? null,
      unread: this.history.filter(
        ({ seq, senderId, kind, deletedAt, hidden }) =>
          seq > read && senderId !== 'me' && kind !== 'system' && !deletedAt && !hidden && !this.blocked.has(senderId),
      ).length,
    };
  }

  /** Messages as I see them. */
  get history(): Message[] {
    return this.messages.slice(this.#historyFrom).map((message) => this.#asSeen(message));
  }

  sync({ known = [] }: Operations['sync']['input']): SyncOutput {
    const [held] = known;
    if (!this.shown) return { changes: [], removed: held ? [conversationId] : [], more: false };
    const { view } = this;
    if (held && isCurrent(held, view)) return { changes: [], removed: [], more: false };
    const from = Math.max(held?.seq ?? 0, this.#historyFrom);
    const changed = held ? this.#changedSince(held) : [];
    const tooFar = view.lastSeq - from > limits.catchUp || changed.length >= limits.changed;
    const reset = !held || held.seq > view.lastSeq || tooFar;
    const after = reset ? Math.max(this.#historyFrom, view.lastSeq - limits.reset) : from;
    const messages = this.messages.slice(after).map((message) => this.#asSeen(message));
    return {
      changes: [{ conversation: view, messages, changed: reset ? [] : changed, reset }],
      removed: [],
      more: false,
    };
  }

  #changedSince({ seq, rev, mine }: Known): Message[] {
    return this.history.filter(
      (message) => message.seq <= seq && (message.rev > rev || (this.#marks.get(message.seq)?.version ?? 0) > mine),
    );
  }

  get #facts() {
    return {
      id: conversationId,
      kind: 'group' as const,
      createdAt: timeOf(0),
      createdBy: 'me',
      title: this.#title,
      description: '',
      photoUrl: null,
      settings: null,
      disappearingSeconds: null,
      retainedFrom: this.#retainedFrom,
      memberCount: this.#members.size,
      rev: this.#rev,
    };
  }

  get #historyFrom(): number {
    return Math.max(this.#clearedTo, this.#retainedFrom);
  }

  get #archived(): boolean {
    if (this.#archivedSeq === null) return false;
    return this.#lastSeq <= this.#archivedSeq || Boolean(this.#settings.mutedUntil);
  }

  #asSeen(message: Message): Message {
    const { hidden, starred } = this.#marks.get(message.seq) ?? {};
    if (!hidden) return starred && !message.deletedAt ? { ...message, starred: true } : message;
    const { id, conversationId, seq, rev, senderId, clientId, kind, createdAt, deletedAt } = message;
    const place = { id, conversationId, seq, rev, senderId, clientId, kind, text: '', createdAt };
    return { ...place, hidden: true, ...(deletedAt && { deletedAt }) };
  }

  #changeMessage(place: number, how: (message: Message) => Message): Fact[] {
    const before = this.#messageAt(place);
    if (!before || before.deletedAt) return [];
    const message = { ...how(before), rev: this.#nextRev() };
    this.messages[message.seq - 1] = message;
    return this.#toMembers({ type: 'message.updated', data: { message } });
  }

  #messageAt(place: number): Message | undefined {
    const message = this.messages[place % Math.max(1, this.messages.length)];
    return message && message.seq > this.#retainedFrom ? message : undefined;
  }

  #setMark({ id: messageId, seq }: Message, mark: { hidden: boolean; starred: boolean }): Fact[] {
    if (seq <= this.#historyFrom) return [];
    return this.#inbox(() => {
      this.#marks.set(seq, { ...mark, version: this.#version });
      return [{ messageId, seq, ...mark }];
    });
  }

  /** One change to what only I have. */
  #inbox(change: () => { messageId: string; seq: number; hidden: boolean; starred: boolean }[]): Fact[] {
    if (!this.shown) return [];
    this.#version += 1;
    const marks = change();
    const { me, unread, lastMessage } = this.view;
    return [{ type: 'inbox.updated', data: { conversationId, rev: this.#rev, me, unread, lastMessage, marks } }];
  }

  #left(personId: string, roles: { personId: string; role: Member['role'] }[]): Fact {
    const rev = this.#nextRev();
    const data = { conversationId, rev, memberCount: this.#members.size, personId, by: personId, roles };
    return { type: 'member.left', data };
  }

  #setRole(personId: string, role: Member['role']): Member['role'] {
    const member = this.#members.get(personId);
    if (member) this.#members.set(personId, { ...member, role });
    return role;
  }

  #newMember(id: string): Member {
    const [read, delivered] = [this.#lastSeq, this.#lastSeq];
    return { person: this.#profiles.get(id) ?? personOf(id), role: 'member', joinedAt: this.#now(), read, delivered };
  }

  #toMembers(fact: Fact): Fact[] {
    return this.#inGroup ? [fact] : [];
  }

  #nextRev(): number {
    this.#rev += 1;
    return this.#rev;
  }

  #now(): string {
    this.#clock += 1;
    return timeOf(this.#clock);
  }
}

const personOf = (id: string): Person => ({
  id,
  name: id,
  username: null,
  about: '',
  photoUrl: null,
  deleted: false,
  version: 1,
});

const isCurrent = (held: Known, { lastSeq, rev, me, version }: Conversation): boolean =>
  held.seq === lastSeq && held.rev === rev && held.mine === me.version && held.version === version;

const byJoining = (a: Member, b: Member): number => (a.joinedAt < b.joinedAt ? -1 : 1);
