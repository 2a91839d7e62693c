import { type Answer, rest, type TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
export type WireMessage = any;

/** Sends a message and returns it as it was stored. */
export async function say(
  app: Pick<TestApp, 'url'>,
  from: Pick<TestPerson, 'token'>,
  conversationId: string,
  message: string | object,
): Promise<WireMessage> {
  const body = typeof message === 'string' ? { text: message } : message;
  const answer = await rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: from.token, body });
  if (answer.status !== 201) throw new Error(`Not sent: ${JSON.stringify(answer.body)}`);
  return answer.body.message;
}

/** Where a message is, and what is below it. */
export const pathOf = ({ id, conversationId }: WireMessage, below = ''): string =>
  `/conversations/${conversationId}/messages/${id}${below}`;

/** The latest messages of a conversation, as somebody sees them. */
export async function latest(app: Pick<TestApp, 'url'>, as: TestPerson, id: string): Promise<WireMessage[]> {
  return (await rest(app, 'GET', `/conversations/${id}/messages?limit=100`, { token: as.token })).body.items;
}

/** One message, as somebody sees it. */
export async function look(app: Pick<TestApp, 'url'>, as: TestPerson, message: WireMessage): Promise<WireMessage> {
  return (await rest(app, 'GET', pathOf(message), { token: as.token })).body;
}

/** The code of a refusal, or the status of an answer. */
export const codeOf = (answer: Pick<Answer, 'status' | 'body'>): string =>
  answer.body?.error?.code ?? String(answer.status);

/** Blocks a person, or unblocks them. */
export async function setBlocked(
  app: Pick<TestApp, 'url'>,
  by: TestPerson,
  person: TestPerson,
  blocked: boolean,
): Promise<void> {
  const answer = await rest(app, blocked ? 'PUT' : 'DELETE', `/blocks/${person.id}`, { token: by.token });
  if (answer.status !== 200) throw new Error(`Not blocked: ${JSON.stringify(answer.body)}`);
}
