import { ChatappClient } from '../../harness/chatapp.ts';
import { signIn } from '../../harness/people.ts';
import type { TestApp } from '../../harness/start-app.ts';

/** A client of the door whose person has signed in and has a name. */
export async function clientOf(app: TestApp, name: string): Promise<ChatappClient> {
  const client = new ChatappClient(app);
  const { id, token } = await signIn(app, { name, tokens: 'opaque' });
  client.id = id;
  client.token = token;
  return client;
}

/** Somebody is not there, whatever the id looks like. */
export const nobody = '00000000-0000-7000-8000-000000000000';
