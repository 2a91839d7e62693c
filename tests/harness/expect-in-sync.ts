import { expect } from 'vitest';
import { connect, rest } from './people.ts';
import { Replica } from './replica.ts';
import type { TestApp } from './start-app.ts';

/**
 * Runs an action and proves that what it announced is the whole truth: each of the people, who held a snapshot from
 * before and applied only the events since, holds what a fresh fetch shows.
 *
 * @param people whose clients watch; each also watches the presence and profiles of the others
 */
export async function expectInSync<Result>(
  app: TestApp,
  people: readonly { id: string; token: string }[],
  action: () => Promise<Result>,
): Promise<Result> {
  const watching = await Promise.all(
    people.map(async ({ id, token }) => {
      const device = await connect(app, token, { sync: false });
      const replica = new Replica(id);
      const watched = people.map((person) => person.id);
      await replica.syncOver(device, watched);
      await device.command('presence.watch', { people: watched.join(',') });
      return { id, token, device, replica };
    }),
  );
  const result = await action();
  for (const { id, token, device, replica } of watching) {
    await device.settled();
    await replica.answered();
    // What the documented rules make a client ask for.
    for (let tries = 0; replica.needsSync && tries < 5; tries += 1) await replica.catchUpOver(device);
    const fresh = new Replica(id);
    await fresh.sync(async (input) => (await rest(app, 'POST', '/sync', { token, body: input })).body);
    expect(replica.faults).toEqual([]);
    expect(replica.view()).toEqual(fresh.view());
    for (const [conversationId, { messages }] of replica.held) {
      const first = messages[0]?.seq ?? 1;
      const path = `/conversations/${conversationId}/messages?after=${first - 1}&limit=100`;
      const history = await rest(app, 'GET', path, { token });
      expect(messages).toEqual(history.body.items);
    }
    const stale = await rest(app, 'POST', '/sync', { token, body: { known: replica.known() } });
    expect(stale.body).toEqual({ changes: [], removed: [], more: false });
    device.close();
  }
  return result;
}
