import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessages } from '../../src/engine/messages/index.ts';
import type { Actor } from '../../src/engine/shared/actor.ts';
import type { EngineEvent } from '../../src/engine/shared/events.ts';
import { latest } from '../harness/messages.ts';
import { signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob] = [await signIn(app), await signIn(app)];
});
afterAll(() => app.close());

// No door lets such a text in, so the engine is called itself.
test('a message that the database refuses fails alone: those stored with it are, once, in order, without a gap', async () => {
  const events: EngineEvent[] = [];
  const { database } = app.app;
  const windows = { edit: 0, delete: 0 };
  const retention = { direct: null, group: null };
  const messages = createMessages({
    database,
    clock: app.clock,
    publish: (event) => events.push(event),
    windows,
    retention,
    hold: async () => [],
    filesPerMessage: 10,
  });
  const [id, other] = [await startDirect(app, ann, bob), await startDirect(app, bob, await signIn(app))];
  const as = ({ id: personId, sessionId }: TestPerson): Actor => ({ personId, sessionId, role: 'user' });
  const send = (from: TestPerson, conversationId: string, text: string, clientId?: string) =>
    messages.send(as(from), { conversationId, kind: 'text', text, clientId });

  const outcomes = await Promise.allSettled([
    send(ann, id, 'One'),
    send(ann, id, 'No\u0000 text'),
    send(bob, other, 'Elsewhere'),
    send(ann, id, 'Two', 'two'),
    send(ann, id, 'Two', 'two'),
    send(bob, id, 'Nor \u0000 this'),
    send(ann, other, 'Not mine'),
    send(bob, id, 'Three'),
  ]);
  const told = outcomes.map((outcome) =>
    outcome.status === 'fulfilled'
      ? [outcome.value.message.text, outcome.value.duplicate]
      : (outcome.reason.code ?? 'failed'),
  );
  const refused = expect.stringMatching(/^(failed|22021|22P05)$/);
  expect(told).toEqual([
    ['One', false],
    refused,
    ['Elsewhere', false],
    ['Two', false],
    ['Two', true],
    refused,
    'conversation_not_found',
    ['Three', false],
  ]);
  const stored = (await latest(app, bob, id)).map(({ seq, text }) => [seq, text]);
  expect(stored).toEqual([
    [1, 'One'],
    [2, 'Two'],
    [3, 'Three'],
  ]);
  const announced = events.map(({ type, data }) => [type, 'message' in data && data.message.text]);
  expect(announced).toEqual(['One', 'Elsewhere', 'Two', 'Three'].map((text) => ['message.created', text]));
  // The connection is still good.
  expect((await send(ann, id, 'Four')).message.seq).toBe(4);
});
