import { type Answer, rest, type TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** A time from now on, by the clock of the server, as a client writes it. */
export const inMinutes = (app: Pick<TestApp, 'clock'>, minutes: number): string =>
  new Date(app.clock.now() + minutes * 60_000).toISOString();

/** Schedules a message. */
export function schedule(
  app: Pick<TestApp, 'url'>,
  person: TestPerson,
  conversationId: string,
  body: object,
): Promise<Answer> {
  return rest(app, 'POST', `/conversations/${conversationId}/scheduled`, { token: person.token, body });
}
