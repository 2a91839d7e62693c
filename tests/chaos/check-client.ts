import { isDeepStrictEqual } from 'node:util';
import type { Client, Conversation, Message } from '../../sdk/src/index.ts';

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
    for (const key of ['lastSeq', 'lastActivityAt', 'createdAt', 'unread', 'lastMessage', 'members'] as const) {
      if (isDeepStrictEqual(server[key], own?.[key])) continue;
      found.push(`${key} of ${server.id}: server ${JSON.stringify(server[key])}, client ${JSON.stringify(own?.[key])}`);
    }
  }
  return found;
}

/** How the messages that a client shows of a conversation, after loading all older ones, differ from the server's. */
export async function messageDifferences(client: Client, conversationId: string, server: readonly Message[]) {
  while (client.conversation(conversationId)?.hasOlder) await client.loadOlder(conversationId, 100);
  const plain = ({ id, clientId, seq, senderId, text, createdAt }: Pick<Message, keyof Message>) =>
    JSON.stringify({ id, clientId, seq, senderId, text, createdAt });
  const held = client.messages(conversationId).map((message) => plain(message as unknown as Message));
  const wanted = server.map(plain);
  if (isDeepStrictEqual(held, wanted)) return [];
  const missing = wanted.filter((line) => !held.includes(line));
  const extra = held.filter((line) => !wanted.includes(line));
  return [`messages of ${conversationId}: client lacks ${missing.slice(0, 3)}, has besides ${extra.slice(0, 3)}`];
}
