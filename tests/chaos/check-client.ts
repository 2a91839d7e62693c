import { isDeepStrictEqual } from 'node:util';
import type { ChatConversation, ChatMessage, Client, Conversation, Message } from '../../sdk/src/index.ts';

/** Every conversation that the server lists for the person of a client, in its order. */
export async function fetchConversations(client: Client): Promise<Conversation[]> {
  const all: Conversation[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.request('conversations.list', { limit: 200, cursor: cursor ?? undefined });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** Every message of a conversation, as the server has it. */
export async function fetchMessages(client: Client, conversationId: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const after = all.at(-1)?.seq ?? 0;
    const { items } = await client.request('messages.list', { conversationId, after, limit: 100 });
    all.push(...items);
    if (items.length < 100) return all;
  }
}

/** How the conversations that a client shows differ from what the server lists; empty where they do not. */
export async function differences(client: Client): Promise<string[]> {
  const fetched = await fetchConversations(client);
  const held = client.conversations();
  const found: string[] = [];
  const [ids, heldIds] = [fetched.map(({ id }) => id), held.map(({ id }) => id)];
  if (!isDeepStrictEqual(ids, heldIds)) found.push(`order: server ${ids}, client ${heldIds}`);
  for (const server of fetched) {
    const own = held.find(({ id }) => id === server.id);
    const shown = shownOf(server, client.me?.id ?? '');
    for (const key of Object.keys(shown) as (keyof typeof shown)[]) {
      const [wanted, is] = [shown[key], own?.[key]];
      if (isDeepStrictEqual(wanted, is)) continue;
      found.push(`${key} of ${server.id}: server ${JSON.stringify(wanted)}, client ${JSON.stringify(is)}`);
    }
  }
  return found;
}

/** What a client should show of a conversation. */
function shownOf(server: Conversation, me: string) {
  const { kind, createdAt, description, settings, disappearingSeconds, memberCount, members } = server;
  const { lastActivityAt, lastSeq, lastMessage, unread } = server;
  const { role, mutedUntil, archived, pinnedAt, markedUnread, customName } = server.me;
  const peer = kind === 'direct' ? members.find(({ person }) => person.id !== me)?.person : undefined;
  return {
    ...{ kind, createdAt, description, settings, disappearingSeconds, memberCount, members },
    ...{ lastActivityAt, lastSeq, lastMessage, unread },
    ...{ role, mutedUntil, archived, pinnedAt, markedUnread, customName, pinned: pinnedAt !== null },
    title: customName ?? peer?.name ?? server.title ?? '',
    photoUrl: peer ? peer.photoUrl : server.photoUrl,
  } satisfies Partial<ChatConversation>;
}

/**
 * How the messages that a client shows of a conversation, after loading all older ones, differ from the server's.
 *
 * @param server as its person sees them
 */
export async function messageDifferences(
  client: Client,
  conversationId: string,
  server: readonly Message[],
): Promise<string[]> {
  while (client.conversation(conversationId)?.hasOlder) await client.loadOlder(conversationId, 100);
  const held = client.messages(conversationId).map(plainOf);
  const shown = server.filter(({ hidden }) => !hidden).map(plainOf);
  if (isDeepStrictEqual(held, shown)) return [];
  const missing = lacking(shown, held);
  const extra = lacking(held, shown);
  return [`messages of ${conversationId}: client lacks ${missing}, has besides ${extra}`];
}

/** The first of the messages that are not among the others, as text. */
function lacking(messages: readonly object[], others: readonly object[]): string {
  const found = messages.filter((message, place) => !isDeepStrictEqual(message, others[place]));
  return JSON.stringify(found.slice(0, 3));
}

/** What the server and a client say of a message in the same words. */
function plainOf(message: Message | ChatMessage) {
  const { id, clientId, seq, senderId, kind, text, createdAt, content, replyTo, mentions, reactions } = message;
  const { editedAt, deletedAt, pinnedAt, expiresAt, starred, forwardCount } = message;
  const quote = replyTo && { messageId: replyTo.messageId, seq: replyTo.seq, senderId: replyTo.senderId };
  return {
    ...{ id, clientId, seq, senderId, kind, text, createdAt },
    ...{ content: content ?? null, replyTo: quote ?? null, mentions: mentions ?? [], reactions: reactions ?? [] },
    ...{ editedAt: editedAt ?? null, deletedAt: deletedAt ?? null, pinnedAt: pinnedAt ?? null },
    ...{ expiresAt: expiresAt ?? null, starred: starred ?? false, forwardCount: forwardCount ?? 0 },
  };
}
