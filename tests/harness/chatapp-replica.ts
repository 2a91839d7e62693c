import { expect } from 'vitest';
import type { ChatappClient, ChatappSocket } from './chatapp.ts';
import { until } from './until.ts';

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Wire = any;

interface Held {
  chat: Wire;
  /** The oldest first, with those that are not shown any more: they say how far somebody has read. */
  messages: Wire[];
  /** Ids of messages that I have deleted for myself. */
  hidden: Set<string>;
  /** Who came when, those who came first at first. They stay: what they have read stays read. */
  joined: Map<string, string>;
}

/**
 * What a client of chatapp holds that has read its chats and their messages once, and from then on only applies events. It
 * asks again only where the contract of the door makes a client ask: see {@link ChatappReplica.asked}.
 */
export class ChatappReplica {
  readonly client: ChatappClient;
  readonly socket: ChatappSocket;
  readonly held = new Map<string, Held>();
  /** What was asked because of events that name something without telling it. */
  readonly asked: string[] = [];
  /** What a correct server never causes. */
  readonly faults: string[] = [];
  #work: Promise<void> = Promise.resolve();

  private constructor(client: ChatappClient, socket: ChatappSocket) {
    this.client = client;
    this.socket = socket;
  }

  /** Opens a socket and reads everything; from then on it follows. */
  static async of(client: ChatappClient): Promise<ChatappReplica> {
    const replica = new ChatappReplica(client, await client.connect());
    for (const chat of await replica.#read('/chats')) await replica.#hold(chat);
    // In their order, and what an event makes it ask before the next one.
    replica.socket.socket.onAny((name: string, data: Wire) => {
      replica.#work = replica.#work.then(async () => replica.#appliers[name]?.(data));
    });
    return replica;
  }

  /** Proves that it holds what a fresh fetch shows, once what was told has arrived. */
  async expectTrue(): Promise<void> {
    let [mine, fresh] = [this.view(), await this.fresh()];
    const same = async (): Promise<boolean> => {
      await this.#work;
      [mine, fresh] = [this.view(), await this.fresh()];
      return isSame(mine, fresh);
    };
    await until('a replica holds what a fresh fetch shows', same, 2_000).catch(() => {});
    expect(mine).toEqual(fresh);
    expect(this.faults).toEqual([]);
  }

  /** Chats in the order of the list, each with its messages in that of the history. */
  view(): Wire[] {
    const chats = [...this.held.values()].map(({ chat, messages, hidden }) => ({
      chat,
      messages: messages.filter(({ _id, gone }) => !gone && !hidden.has(_id)).reverse(),
    }));
    chats.sort((a, b) => {
      const [at, bt] = [a, b].map(({ chat }) => chat.lastMessage?.timestamp ?? '');
      return at === bt ? compare(b.chat.createdAt, a.chat.createdAt) : compare(bt, at);
    });
    return chats.map((one) => normal(one, this.client.id));
  }

  async fresh(): Promise<Wire[]> {
    const chats: Wire[] = [];
    for (const chat of await this.#read('/chats')) {
      chats.push(normal({ chat, messages: await this.#read(`/chats/${chat._id}/messages?limit=100`) }, this.client.id));
    }
    return chats;
  }

  async #read(path: string): Promise<Wire> {
    const { status, body } = await this.client.get(path);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`);
    return structuredClone(body.data);
  }

  async #hold(chat: Wire): Promise<Held> {
    const messages = (await this.#read(`/chats/${chat._id}/messages?limit=100`)).reverse();
    const held = { chat, messages, hidden: new Set<string>(), joined: new Map<string, string>() };
    join(held, chat.participants);
    this.held.set(chat._id, held);
    return held;
  }

  /** A chat that it does not hold was named, or something of it that is not told: it reads that chat. */
  async #ask(chatId: string, why: string): Promise<void> {
    this.asked.push(why);
    const chat = (await this.#read('/chats')).find(({ _id }: Wire) => _id === chatId);
    if (chat) await this.#hold(chat);
  }

  readonly #appliers: Record<string, (data: Wire) => void | Promise<void>> = {
    new_message: (data) => this.#message(data),
    message_status_update: (data) => this.#status(data),
    message_edited: (data) => this.#edited(data),
    message_deleted: (data) => this.#deleted(data),
    message_reaction: (data) => this.#reaction(data),
    unread_count_reset: ({ chatId }) => this.#within(chatId, ({ chat }) => setUnread(chat, 0)),
    chat_created: (data) => this.#created(data),
    chat_updated: (data) => this.#updated(data),
    chat_deleted: ({ chatId }) => void this.held.delete(chatId),
    group_participants_added: (data) => this.#added(data),
    group_participant_removed: (data) => this.#removed(data),
    group_role_updated: (data) => this.#role(data),
    user_online: ({ userId }) => this.#person(userId, { isOnline: true, status: 'online' }),
    user_offline: ({ userId, lastSeen }) => this.#person(userId, { isOnline: false, status: 'offline', lastSeen }),
    user_status_update: ({ userId, status, isOnline, lastSeen }) =>
      this.#person(userId, { status, isOnline, lastSeen }),
    profile_updated: (data) => this.#profile(data),
  };

  #within(chatId: string, apply: (held: Held) => void): void {
    const held = this.held.get(chatId);
    if (held) apply(held);
  }

  async #message({ message, chatId }: Wire): Promise<void> {
    const held = this.held.get(chatId);
    // One that I have deleted for myself has come back.
    if (!held) return this.#ask(chatId, `new_message in ${chatId}`);
    const { chat, messages } = held;
    if (messages.some(({ _id }) => _id === message._id)) return;
    messages.push(structuredClone(message));
    // What is muted stays in the archive.
    if (!chat.mySettings.isMuted) setMine(chat, { isArchived: false });
    if (message.sender._id !== this.client.id) setUnread(chat, chat.unreadCount + 1);
    relast(held);
  }

  #status({ messageId, chatId, status, userId, timestamp }: Wire): void {
    this.#within(chatId, (held) => {
      const { chat, messages } = held;
      const place = messages.findIndex(({ _id }) => _id === messageId);
      if (place < 0) return void this.faults.push(`message_status_update of ${messageId}, which was never shown`);
      const arrived = messages[place].deliveredTo.some((one: Wire) => one.userId === userId);
      const joinedAt = held.joined.get(userId) as string;
      const order = [...held.joined.keys()];
      const put = (list: Wire[], entry: Wire): Wire[] =>
        [...list.filter((one) => one.userId !== userId), entry].sort(
          (a, b) => order.indexOf(a.userId) - order.indexOf(b.userId),
        );
      for (const message of messages.slice(0, place + 1)) {
        if (message.sender._id === userId || message.createdAt < joinedAt) continue;
        if (status === 'delivered' || !arrived) {
          message.deliveredTo = put(message.deliveredTo, { userId, deliveredAt: timestamp });
        }
        if (status === 'read') message.readBy = put(message.readBy, { userId, readAt: timestamp });
        this.#tick(message);
      }
      if (status !== 'read' || userId !== this.client.id) return;
      Object.assign(chat.unreadCounts[0], { lastReadMessageId: messageId, lastReadAt: timestamp });
      this.#recount(held);
    });
  }

  #tick(message: Wire): void {
    if (message.deliveredTo.length > 0) message.status = 'delivered';
    if (message.readBy.length > 0) message.status = 'read';
    message.isRead =
      message.sender._id === this.client.id
        ? message.status === 'read'
        : message.readBy.some(({ userId }: Wire) => userId === this.client.id);
  }

  #edited({ messageId, chatId, newContent, editedAt, mentions = [] }: Wire): void {
    this.#within(chatId, (held) => {
      const message = held.messages.find(({ _id }) => _id === messageId);
      if (!message) return;
      message.editHistory?.push({ content: message.content.text, editedAt });
      message.content.text = newContent;
      const hashtags = [...newContent.matchAll(/#(\w+)/g)].map(([, tag]) => tag);
      Object.assign(message, { isEdited: true, editedAt, updatedAt: editedAt, mentions, hashtags });
      for (const { replyTo } of held.messages) if (replyTo?.messageId === messageId) replyTo.content = newContent;
      relast(held);
    });
  }

  #deleted({ messageId, chatId, deleteForEveryone }: Wire): void {
    this.#within(chatId, (held) => {
      const { chat, messages, hidden } = held;
      const place = messages.findIndex(({ _id }) => _id === messageId);
      if (place < 0) return;
      if (deleteForEveryone) messages[place].gone = true;
      else hidden.add(messageId);
      // What it said is not shown where it is answered either.
      for (const { replyTo } of messages) {
        if (replyTo?.messageId !== messageId) continue;
        Object.assign(replyTo, { content: '', type: 'text' });
        replyTo.sender.displayName = 'User';
      }
      this.#recount(held);
      const [own] = chat.unreadCounts;
      if (deleteForEveryone && own.lastReadMessageId === messageId) {
        own.lastReadMessageId = messages.slice(0, place).findLast(({ gone }) => !gone)?._id ?? null;
      }
      relast(held);
    });
  }

  #reaction({ messageId, chatId, userId, emoji, action, timestamp }: Wire): void {
    this.#within(chatId, ({ messages }) => {
      const message = messages.find(({ _id }) => _id === messageId);
      if (!message) return;
      const others = message.reactions.filter((one: Wire) => one.userId !== userId);
      message.reactions = action === 'add' ? [...others, { userId, emoji, reactedAt: timestamp }] : others;
    });
  }

  async #created({ chat }: Wire): Promise<void> {
    // What was said in it before is read with its messages.
    if (!this.held.has(chat._id)) relast(await this.#hold(structuredClone(chat)));
  }

  async #updated({ chatId, chat: facts, changes }: Wire): Promise<void> {
    const held = this.held.get(chatId);
    // One that I had deleted for myself is shown again.
    if (!held) return this.#ask(chatId, `chat_updated of ${chatId}`);
    const { settings, ...rest } = facts;
    Object.assign(held.chat, structuredClone(rest));
    Object.assign(held.chat.settings, settings);
    if (changes.mySettings) setMine(held.chat, changes.mySettings);
    if (facts.unreadCount !== undefined) setUnread(held.chat, facts.unreadCount);
  }

  /** Only who they are is told, so how they look is asked for. */
  async #added({ chatId, userIds }: Wire): Promise<void> {
    const held = this.held.get(chatId);
    if (!held || userIds.includes(this.client.id)) return;
    const { chat } = held;
    this.asked.push(`group_participants_added in ${chatId}`);
    const { participants } = (await this.#read(`/chats/${chatId}`)).chat;
    const added = participants.filter(({ userId }: Wire) => userIds.includes(userId._id));
    chat.participants.push(...added);
    join(held, added);
    chat.participantCount += userIds.length;
  }

  #removed({ chatId, userId }: Wire): void {
    if (userId === this.client.id) return void this.held.delete(chatId);
    this.#within(chatId, ({ chat }) => {
      chat.participants = chat.participants.filter((one: Wire) => one.userId._id !== userId);
      chat.participantCount -= 1;
    });
  }

  #role({ chatId, userId, role }: Wire): void {
    this.#within(chatId, ({ chat }) => {
      if (userId === this.client.id) chat.myRole = role;
      for (const one of chat.participants) if (one.userId._id === userId) one.role = role;
    });
  }

  #person(userId: string, seen: Wire): void {
    for (const { chat } of this.held.values()) {
      for (const one of chat.participants) if (one.userId._id === userId) Object.assign(one.userId, seen);
    }
  }

  #profile({ userId, displayName, bio, username, profilePicture }: Wire): void {
    const initials = [...displayName.matchAll(/\b\w/g)].map(String).join('');
    this.#person(userId, { displayName, bio, username, profilePicture, initials });
    for (const { chat, messages } of this.held.values()) {
      for (const { sender, replyTo } of messages) {
        if (sender._id === userId) Object.assign(sender, { displayName, profilePicture });
        if (replyTo?.sender._id === userId && replyTo.content !== '') replyTo.sender.displayName = displayName;
      }
      if (chat.lastMessage?.sender._id === userId) chat.lastMessage.sender.displayName = displayName;
    }
  }

  /** Unread follows how far I have read. */
  #recount({ chat, messages, hidden }: Held): void {
    const { lastReadMessageId } = chat.unreadCounts[0];
    const read = messages.findIndex(({ _id }) => _id === lastReadMessageId);
    const after = messages.slice(read + 1);
    const counts = ({ _id, sender, gone }: Wire) => sender._id !== this.client.id && !gone && !hidden.has(_id);
    setUnread(chat, after.filter(counts).length);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isSame(mine: Wire, fresh: Wire): boolean {
  try {
    expect(mine).toEqual(fresh);
    return true;
  } catch {
    return false;
  }
}

function join({ joined }: Pick<Held, 'joined'>, participants: Wire[]): void {
  for (const { userId, joinedAt } of participants) joined.set(userId._id, joinedAt);
}

function setUnread(chat: Wire, count: number): void {
  chat.unreadCount = count;
  chat.unreadCounts[0].count = count;
}

function setMine(chat: Wire, change: Wire): void {
  const mine = Object.assign(chat.mySettings, change);
  Object.assign(chat, { isArchived: mine.isArchived, isPinned: mine.isPinned, isMuted: mine.isMuted });
}

/** The last message is the last of those that are shown. */
function relast({ chat, messages, hidden }: Held): void {
  const last = messages.findLast(({ _id, gone }) => !gone && !hidden.has(_id));
  chat.lastMessage = last
    ? {
        messageId: last._id,
        content: last.content.text || `[${last.content.type}]`,
        sender: { _id: last.sender._id, displayName: last.sender.displayName },
        timestamp: last.createdAt,
        type: last.content.type,
      }
    : null;
}

/**
 * Without what the contract leaves to fetching:
 * - `updatedAt`, `analytics` of a chat: they also count what the system says, which clients of this door are not told.
 * - `activeParticipants`, `participants[].settings`: the same once more.
 * - one's own presence: it is told to the others. Whoever is here knows that.
 * - `lastSeen` of who is online, and `uploadedAt` of a picture: no event has them.
 */
function normal({ chat, messages }: { chat: Wire; messages: Wire[] }, me: string): Wire {
  const { updatedAt: _, analytics: __, activeParticipants: ___, participants, ...rest } = chat;
  const shown = participants.map(({ settings: _, userId: { profilePicture, ...user }, ...one }: Wire) => ({
    ...one,
    userId: {
      ...user,
      profilePicture: profilePicture.url ?? null,
      ...(user._id === me && { isOnline: true, status: 'online' }),
      lastSeen: user._id === me || user.isOnline ? null : user.lastSeen,
    },
  }));
  return structuredClone({ ...rest, participants: shown, messages });
}
