import { afterEach } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../sdk/src/index.ts';
import { differences } from '../chaos/check-client.ts';
import { codeFor, newPhone } from '../harness/people.ts';
import type { TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { type FailingNetwork, startProxy } from './proxy.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A client that is closed after the test. */
export async function openClient(app: Pick<TestApp, 'url'>, options: Partial<ClientOptions> = {}): Promise<Client> {
  const client = await createClient({ url: app.url, ...options });
  cleanups.push(() => client.close());
  return client;
}

/** A network that can fail, closed after the test. */
export async function openProxy(app: Pick<TestApp, 'url'>): Promise<FailingNetwork> {
  const proxy = await startProxy(() => app.url);
  cleanups.push(() => proxy.close());
  return proxy;
}

/** A client of a person who has signed in by phone, and is online. */
export async function signedIn(
  app: TestApp,
  options: Partial<ClientOptions> & { phone?: string; name?: string } = {},
): Promise<Client> {
  const { phone = newPhone(), name = 'Somebody', ...rest } = options;
  const client = await openClient(app, rest);
  await client.requestCode(phone);
  await client.signInWithCode({ phone, code: codeFor(app, phone), name });
  await online(client);
  return client;
}

export async function online(client: Client): Promise<void> {
  await until(
    () => `the client is online, and not ${client.connection}`,
    () => client.connection === 'online',
  );
}

/** Two people with a conversation; the first may reach the server through a failing network. */
export async function pair(app: TestApp, options: Partial<ClientOptions> = {}) {
  const [ann, bob] = [await signedIn(app, { name: 'Ann', ...options }), await signedIn(app, { name: 'Bob' })];
  const { id } = await ann.startDirect(bob.me?.id ?? '');
  await until('both have the conversation', () => Boolean(ann.conversation(id) && bob.conversation(id)));
  return { ann, bob, id };
}

/** Texts of a conversation as a client shows them. */
export const texts = (client: Client, conversationId: string): string[] =>
  client.messages(conversationId).map(({ text }) => text);

/** Waits until each client has said everything and shows exactly what the server would. */
export async function inSync(...clients: Client[]): Promise<void> {
  for (const client of clients) {
    let found: string[] = [];
    await until(
      () => `the client shows what the server has: ${found.join('\n')}`,
      async () => {
        if (!client.settled) return false;
        found = await differences(client);
        return found.length === 0;
      },
    );
  }
}
