import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConvospaceClient, good } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient, newNumber } from './people.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const times = <Value>(n: number, make: (i: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => make(i)));

test('two who start a conversation at once, and twice each, have one', async () => {
  const [ann, bob] = [await newClient(app), await newClient(app)];
  const made = await times(10, (i) => (i % 2 === 0 ? ann.talkTo(bob) : bob.talkTo(ann)));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(new Set(made.map(({ user_one_id }) => user_one_id)).size).toBe(1);
});

test('a contact that is added twice at once is there once', async () => {
  const [ann, bob] = [await newClient(app), await newClient(app)];
  const answers = await times(6, () => ann.post('/contacts', { contact_user_id: bob.id }));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400]);
  expect(await ann.read('/contacts')).toHaveLength(1);
});

test('a code that is tried several times at once is good once', async () => {
  const number = newNumber();
  const one = new ConvospaceClient(app);
  good(await one.post('/auth/send-otp', { phone_number: number }));
  const body = { phone_number: number, otp_code: one.codeOf(number) };
  const answers = await times(5, () => new ConvospaceClient(app).post('/auth/verify-otp', body));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
});

test('of several who take a username at once one gets it, and the others may choose another one', async () => {
  const clients = await times(4, async () => {
    const one = new ConvospaceClient(app);
    const phone_number = newNumber();
    good(await one.post('/auth/send-otp', { phone_number }));
    return { one, body: { phone_number, otp_code: one.codeOf(phone_number), full_name: 'Same' } };
  });
  const answers = await Promise.all(
    clients.map(({ one, body }) => one.post('/auth/verify-otp', { ...body, username: 'wanted_by_all' })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  for (const [i, { one, body }] of clients.entries()) {
    if (answers[i]?.status === 200) continue;
    good(await one.post('/auth/verify-otp', { ...body, username: `instead_${i}` }));
  }
});

test('what is sent at once is numbered without gaps', async () => {
  const [ann, bob] = [await newClient(app), await newClient(app)];
  const { id } = await ann.talkTo(bob);
  const sent = await times(20, (i) => (i % 2 === 0 ? ann.say(id, bob, `a${i}`) : bob.say(id, ann, `b${i}`)));
  const numbers = sent.map((message) => message.id).sort((a, b) => a - b);
  expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBe(19);
  const shown = (await ann.read(`/messages/${id}`)).map((message: { id: number }) => message.id);
  expect([...shown].sort((a, b) => a - b)).toEqual(numbers);
  expect(await bob.read(`/conversations/${id}`)).toMatchObject({ participants: [{ unread_count: 10 }] });
});
