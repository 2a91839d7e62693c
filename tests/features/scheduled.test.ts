import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { connect, type Device, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { inMinutes, schedule } from '../harness/scheduling.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

const minute = 60_000;

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let conversationId: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ann = await signIn(app, { name: 'Ann', tokens: 'opaque' });
  bob = await signIn(app, { name: 'Bob', tokens: 'opaque' });
  conversationId = await startDirect(app, ann, bob);
});

const list = async (person = ann, query = '') =>
  (await rest(app, 'GET', `/scheduled${query}`, { token: person.token })).body.items;
const history = async () =>
  (await rest(app, 'GET', `/conversations/${conversationId}/messages`, { token: bob.token })).body.items;
const create = (body: object) => schedule(app, ann, conversationId, { sendAt: inMinutes(app, 10), ...body });
/** The next whole look of the dispatcher has come and gone once a message that was due after these is there. */
const dispatched = async () => {
  const [cid, dora] = [await signIn(app, { tokens: 'opaque' }), await signIn(app, { tokens: 'opaque' })];
  const other = await startDirect(app, cid, dora);
  await schedule(app, cid, other, { text: 'Canary', sendAt: inMinutes(app, 1.5) });
  app.clock.advance(2 * minute);
  await until('the dispatcher has run', async () => {
    const { body } = await rest(app, 'GET', `/conversations/${other}/messages`, { token: dora.token });
    return body.items.length === 1;
  });
};

describe('a scheduled message', () => {
  test('is sent when its time has come, once, and is then gone; nobody else knows of it before', async () => {
    const [annDevice, bobDevice] = [await connect(app, ann.token), await connect(app, bob.token)];
    const [first] = [
      await rest(app, 'POST', `/conversations/${conversationId}/messages`, {
        token: bob.token,
        body: { text: 'When?' },
      }),
    ];
    const sendAt = inMinutes(app, 10);
    const { status, body } = await create({
      text: 'Now, @Bob',
      replyTo: first.body.message.id,
      mentions: [{ personId: bob.id, start: 5, length: 4 }],
      sendAt,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ conversationId, kind: 'text', text: 'Now, @Bob', sendAt });
    expect(await annDevice.next('scheduled.changed')).toEqual({ scheduledId: body.id, scheduled: body });
    expect(await list()).toEqual([body]);
    expect(await list(bob)).toEqual([]);

    app.clock.advance(9 * minute);
    await dispatched(); // two minutes more
    const { message } = await bobDevice.next('message.created', (data) => data.message.senderId === ann.id);
    expect(message).toMatchObject({
      text: 'Now, @Bob',
      clientId: `scheduled:${body.id}`,
      replyTo: { messageId: first.body.message.id },
      mentions: [{ personId: bob.id }],
    });
    expect(await annDevice.next('scheduled.changed')).toEqual({ scheduledId: body.id, scheduled: null });
    expect((await annDevice.next('message.created', (data) => data.message.senderId === ann.id)).message).toEqual(
      message,
    );
    expect(await list()).toEqual([]);
    await dispatched();
    expect(await history()).toHaveLength(2);
    await bobDevice.settled();
    expect(bobDevice.events.filter(({ type }) => type === 'scheduled.changed')).toEqual([]);
    for (const device of [annDevice, bobDevice]) device.close();
  });

  test('waits while its time has not come, also over a restart, and is sent if it came meanwhile', async () => {
    await create({ text: 'Later', sendAt: inMinutes(app, 60) });
    await dispatched();
    expect(await history()).toEqual([]);
    app.clock.advance(61 * minute);
    await app.restart();
    await until('it is sent', async () => (await history()).length === 1);
    expect(await history()).toMatchObject([{ text: 'Later', senderId: ann.id }]);
    await until('it is gone', async () => (await list()).length === 0);
  });

  test('what was claimed by a node that died is sent once, whether it had stored the message or not', async () => {
    const ids = await Promise.all(['Lost', 'Stored'].map(async (text) => (await create({ text })).body.id as string));
    const stored = { text: 'Stored', clientId: `scheduled:${ids[1]}` };
    await rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: ann.token, body: stored });
    app.clock.advance(8 * minute);
    // As the node that died has left it: taken, and its time not over.
    await app.app.database.write(async (unit) => {
      const until = new Date(app.clock.now() + 30_000);
      await unit.sql.updateTable('scheduled_messages').set({ claimed_until: until }).where('id', 'in', ids).execute();
    });
    expect((await rest(app, 'DELETE', `/scheduled/${ids[0]}`, { token: ann.token })).body.error.code).toBe('too_late');
    app.clock.advance(2 * minute);
    await until('both are settled', async () => (await list()).length === 0);
    expect((await history()).map(({ text }: { text: string }) => text).toSorted()).toEqual(['Lost', 'Stored']);
  });

  test('keeps the clients in sync when it is sent', async () => {
    await expectInSync(app, [ann, ann, bob], async () => {
      const { body } = await create({ text: 'Now' });
      await rest(app, 'POST', `/scheduled/${body.id}/sending`, { token: ann.token });
    });
  });
});

describe('its author', () => {
  test('changes it, and gets what was changed', async () => {
    const { body } = await create({ text: 'Draft' });
    const device = await connect(app, ann.token);
    const sendAt = inMinutes(app, 30);
    const path = `/scheduled/${body.id}`;
    const changed = await rest(app, 'PATCH', path, { token: ann.token, body: { text: 'Better', sendAt } });
    expect(changed).toMatchObject({ status: 200, body: { id: body.id, text: 'Better', sendAt } });
    expect(await device.next('scheduled.changed')).toEqual({ scheduledId: body.id, scheduled: changed.body });
    app.clock.advance(11 * minute);
    await dispatched();
    expect(await history()).toEqual([]);
    app.clock.advance(20 * minute);
    await device.next('message.created', ({ message }) => message.text === 'Better');
    device.close();
  });

  test('cancels it, and sends it before its time', async () => {
    const ids = await Promise.all(['No', 'Yes'].map(async (text) => (await create({ text })).body.id as string));
    const device = await connect(app, ann.token);
    expect((await rest(app, 'DELETE', `/scheduled/${ids[0]}`, { token: ann.token })).status).toBe(204);
    expect(await device.next('scheduled.changed')).toEqual({ scheduledId: ids[0], scheduled: null });
    const sent = await device.command('scheduled.send', { scheduledId: ids[1] });
    expect(sent).toMatchObject({ duplicate: false, message: { text: 'Yes' } });
    expect((await device.next('message.created')).message).toEqual(sent.message);
    app.clock.advance(11 * minute);
    await dispatched();
    expect((await history()).map(({ text }: { text: string }) => text)).toEqual(['Yes']);
    const again = await rest(app, 'POST', `/scheduled/${ids[1]}/sending`, { token: ann.token });
    expect(again.body.error.code).toBe('scheduled_not_found');
    device.close();
  });

  test('learns why it could not be sent, and sends it later', async () => {
    const [device, { body }] = [await connect(app, ann.token), await create({ text: 'Hi' })];
    const block = (blocked: boolean) =>
      app.app.database.write(async (unit) => {
        await unit.sql.updateTable('conversations').set({ blocked }).where('id', '=', conversationId).execute();
      });
    await block(true);
    expect((await create({ text: 'Another' })).body.error.code).toBe('recipient_unavailable');
    app.clock.advance(11 * minute);
    const failed = await device.next('scheduled.changed', (data) => data.scheduled?.failure !== undefined);
    expect(failed.scheduled).toEqual({ ...body, failure: 'recipient_unavailable' });
    expect(await list()).toEqual([failed.scheduled]);
    const path = `/scheduled/${body.id}`;
    const inPast = await rest(app, 'PATCH', path, { token: ann.token, body: { text: 'Hi' } });
    expect(inPast.body.error).toMatchObject({ code: 'invalid_request', details: { path: '/sendAt' } });
    await block(false);
    const sendAt = inMinutes(app, 5);
    expect((await rest(app, 'PATCH', path, { token: ann.token, body: { sendAt } })).body).toEqual({ ...body, sendAt });
    app.clock.advance(6 * minute);
    await device.next('message.created', ({ message }) => message.text === 'Hi');
    device.close();
  });

  test('has all of them, or those of a conversation, the next first', async () => {
    const other = await startDirect(app, ann, await signIn(app, { tokens: 'opaque' }));
    const late = (await create({ text: 'Late', sendAt: inMinutes(app, 30) })).body;
    const soon = (await schedule(app, ann, other, { text: 'Soon', sendAt: inMinutes(app, 20) })).body;
    expect(await list()).toEqual([soon, late]);
    expect(await list(ann, `?conversationId=${conversationId}`)).toEqual([late]);
    expect(await list(ann, '?conversationId=no-id')).toEqual([]);
  });

  test('has at most 100, also when many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 105 }, (_, n) => create({ text: `${n}` })));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(100);
    expect(made.find(({ status }) => status !== 201)).toMatchObject({
      status: 409,
      body: { error: { code: 'limit_reached', details: { limit: 100 } } },
    });
  });
});

describe('is refused', () => {
  test.each([
    ['no time', { text: 'Hi', sendAt: undefined }, '/sendAt'],
    ['a time that has no zone', { text: 'Hi', sendAt: '2030-01-01T00:00:00' }, '/sendAt'],
    ['no time at all', { text: 'Hi', sendAt: 'soon' }, '/sendAt'],
    ['a day that there is not', { text: 'Hi', sendAt: '2030-02-31T25:00:00Z' }, '/sendAt'],
    ['a time in the past', { text: 'Hi', sendAt: '2001-01-01T00:00:00Z' }, '/sendAt'],
    ['less than a minute ahead', { text: 'Hi', sendAt: () => inMinutes(app, 0.9) }, '/sendAt'],
    ['more than a year ahead', { text: 'Hi', sendAt: () => inMinutes(app, 367 * 24 * 60) }, '/sendAt'],
    ['a blank text', { text: ' ' }, '/text'],
    ['a picture without content', { kind: 'image' }, '/content'],
    ['a system message', { kind: 'system', content: { event: 'x' } }, '/kind'],
    [
      'a mention of a stranger',
      { text: 'Hi', mentions: [{ personId: 'no-id', start: 0, length: 2 }] },
      '/mentions/0/personId',
    ],
  ])('%s', async (_what, given, path) => {
    const sendAt = 'sendAt' in given ? given.sendAt : inMinutes(app, 10);
    const body = { ...given, sendAt: typeof sendAt === 'function' ? sendAt() : sendAt };
    const refused = await schedule(app, ann, conversationId, body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { path } } } });
    expect(await list()).toEqual([]);
  });

  test('an answer to a message that is not there, and everything to a stranger', async () => {
    const eve = await signIn(app, { tokens: 'opaque' });
    const { body } = await create({ text: 'Private' });
    const unknown = '01900000-0000-7000-8000-000000000000';
    expect((await create({ text: 'Hi', replyTo: unknown })).body.error.code).toBe('message_not_found');
    expect((await schedule(app, eve, conversationId, { text: 'Hi', sendAt: inMinutes(app, 5) })).body.error.code).toBe(
      'conversation_not_found',
    );
    for (const [method, path] of [
      ['PATCH', `/scheduled/${body.id}`],
      ['DELETE', `/scheduled/${body.id}`],
      ['POST', `/scheduled/${body.id}/sending`],
      ['DELETE', `/scheduled/${unknown}`],
      ['DELETE', '/scheduled/no-id'],
    ] as const) {
      for (const { token } of [eve, bob]) {
        const refused = await rest(app, method, path, { token, ...(method === 'PATCH' && { body: { text: 'x' } }) });
        expect(refused).toMatchObject({ status: 404, body: { error: { code: 'scheduled_not_found' } } });
      }
    }
    expect(await list()).toEqual([body]);
  });
});

describe.runIf(inject('storage') === 'postgres')('two nodes', () => {
  test('send what is due once', async () => {
    const secret = { JWT_SECRET: 'hQ0mDgb2Vn1xZr8uTfLk5sYwEo7CjPaI3RtBv9Xy' };
    const one = await startTestApp(secret);
    const other = await startTestApp({ ...secret, DATABASE_URL: one.config.databaseUrl as string });
    const [cid, dora] = [await signIn(one, { tokens: 'opaque' }), await signIn(one, { tokens: 'opaque' })];
    const id = await startDirect(one, cid, dora);
    const devices: Device[] = [await connect(one, dora.token), await connect(other, dora.token)];
    for (let n = 0; n < 60; n += 1) await schedule(one, cid, id, { text: `${n}`, sendAt: inMinutes(one, 5) });
    for (const node of [one, other]) node.clock.advance(6 * minute);
    await until('all are sent', async () => {
      const { body } = await rest(one, 'GET', '/scheduled', { token: cid.token });
      return body.items.length === 0;
    });
    const { body } = await rest(one, 'GET', `/conversations/${id}/messages?limit=100`, { token: dora.token });
    const texts = body.items.map(({ text }: { text: string }) => Number(text));
    expect(texts.toSorted((a: number, b: number) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    for (const device of devices) device.close();
    await other.close();
    await one.close();
  });
});
