/** Calls the native door of a server; throws where it refuses. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
export async function call(url: string, method: string, path: string, token?: string, body?: unknown): Promise<any> {
  const response = await fetch(`${url}/v1${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** What a client knows because the server has acked it. */
export type Note =
  | { readonly type: 'listening' }
  | { readonly type: 'conversation'; readonly id: string; readonly members: readonly string[] }
  | { readonly type: 'message'; conversationId: string; clientId: string; seq: number; text: string }
  | { readonly type: 'session'; name: string; accessToken: string; refreshToken: string; at: number }
  /** A refresh has been asked for: which of the two tokens is good now is not known until it is acked. */
  | { readonly type: 'refreshing'; name: string };

export interface LoadOptions {
  readonly url: string;
  /** Unique to this load, so that its messages do not clash with those of an earlier one. */
  readonly name: string;
  readonly messages: number;
  /** Largest length of a text. */
  readonly length: number;
  readonly note: (note: Note) => void;
}

/** Signs people up and lets them chat at once, and refresh their sessions, noting each ack. */
export async function runLoad({ url, name, messages, length, note }: LoadOptions): Promise<void> {
  const signUp = async (index: number) => {
    const username = `${name}_${index}`;
    const body = { name: `Person ${index}`, username, password: `password of ${username}` };
    const { profile, tokens } = await call(url, 'POST', '/accounts', undefined, body);
    const { accessToken, refreshToken } = tokens;
    note({ type: 'session', name: username, accessToken, refreshToken, at: Date.now() });
    return { username, id: profile.id as string, token: accessToken as string, refreshToken: refreshToken as string };
  };
  const people = await Promise.all([0, 1, 2, 3].map(signUp));
  const conversations: { id: string; sender: (typeof people)[number] }[] = [];
  for (const [a, b] of [
    [0, 1],
    [2, 3],
    [0, 3],
  ] as const) {
    const [sender, other] = [people[a] as (typeof people)[number], people[b] as (typeof people)[number]];
    const { conversation } = await call(url, 'POST', '/conversations/direct', sender.token, { personId: other.id });
    note({ type: 'conversation', id: conversation.id, members: [sender.username, other.username] });
    conversations.push({ id: conversation.id, sender }, { id: conversation.id, sender: other });
  }
  let sent = 0;
  const chat = async (lane: number): Promise<void> => {
    while (sent < messages) {
      sent += 1;
      const number = sent;
      const { id, sender } = conversations[(number + lane) % conversations.length] as (typeof conversations)[number];
      const clientId = `${name}-${number}`;
      const text = `${clientId} `.padEnd(Math.max(40, (number * 7_919) % length), 'lorem ipsum ');
      const { message } = await call(url, 'POST', `/conversations/${id}/messages`, sender.token, { text, clientId });
      note({ type: 'message', conversationId: id, clientId, seq: message.seq, text });
    }
  };
  const refresh = async (): Promise<void> => {
    const person = people[1] as (typeof people)[number];
    let { refreshToken } = person;
    while (sent < messages) {
      note({ type: 'refreshing', name: person.username });
      const tokens = await call(url, 'POST', '/sessions/refresh', undefined, { refreshToken });
      refreshToken = tokens.refreshToken;
      note({ type: 'session', name: person.username, accessToken: tokens.accessToken, refreshToken, at: Date.now() });
    }
  };
  await Promise.all([...Array.from({ length: 12 }, (_, lane) => chat(lane)), refresh()]);
}

/** The access tokens' lifetime is 15 minutes. */
const accessTokenLifetime = 14 * 60_000;

/** Checks a server against all that clients know, and that it goes on from there. Returns what is wrong. */
export async function verify(url: string, notes: readonly Note[], name: string): Promise<string[]> {
  const wrong: string[] = [];
  const sessions = new Map<string, Note & { type: 'session' }>();
  for (const note of notes) {
    if (note.type === 'session') sessions.set(note.name, note);
    if (note.type === 'refreshing') sessions.delete(note.name);
  }
  const tokens = new Map<string, string>();
  for (const session of sessions.values()) {
    try {
      if (Date.now() - session.at < accessTokenLifetime) await call(url, 'GET', '/me', session.accessToken);
      const { refreshToken } = session;
      const fresh = await call(url, 'POST', '/sessions/refresh', undefined, { refreshToken });
      tokens.set(session.name, fresh.accessToken);
    } catch (error) {
      wrong.push(`The session of ${session.name} is lost: ${(error as Error).message}`);
    }
  }
  for (const conversation of notes.filter((note) => note.type === 'conversation')) {
    const token = conversation.members.map((member) => tokens.get(member)).find((found) => found !== undefined);
    if (token === undefined) continue;
    try {
      wrong.push(...(await verifyConversation(url, token, conversation.id, notes, name)));
    } catch (error) {
      wrong.push(`The conversation ${conversation.id} is broken: ${(error as Error).message}`);
    }
  }
  const username = `after_${name}`;
  await call(url, 'POST', '/accounts', undefined, { name: 'Newcomer', username, password: 'a password of 8' });
  return wrong;
}

async function verifyConversation(url: string, token: string, id: string, notes: readonly Note[], name: string) {
  const wrong: string[] = [];
  const stored: { seq: number; clientId: string; text: string }[] = [];
  for (;;) {
    const after = stored.at(-1)?.seq ?? 0;
    const { items } = await call(url, 'GET', `/conversations/${id}/messages?after=${after}&limit=100`, token);
    if (items.length === 0) break;
    stored.push(...items);
  }
  stored.forEach(({ seq }, index) => {
    if (seq !== index + 1) wrong.push(`${id}: seq ${seq} at place ${index + 1}`);
  });
  const byClientId = new Map(stored.map((message) => [message.clientId, message]));
  if (byClientId.size !== stored.length) wrong.push(`${id}: a message is stored twice`);
  const acked = notes.filter((note) => note.type === 'message').filter((note) => note.conversationId === id);
  for (const { clientId, seq, text } of acked) {
    const found = byClientId.get(clientId);
    if (!found) wrong.push(`${id}: the acked message ${clientId} (seq ${seq}) is lost`);
    else if (found.seq !== seq || found.text !== text) wrong.push(`${id}: the acked message ${clientId} has changed`);
  }
  const next = await call(url, 'POST', `/conversations/${id}/messages`, token, { text: 'Still here?', clientId: name });
  if (next.duplicate || next.message.seq !== stored.length + 1)
    wrong.push(`${id}: the next seq is ${next.message.seq}`);
  return wrong;
}
