import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchAs, upload, uploaded } from '../harness/media.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { giveUp, isKept } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { TusClient } from '../harness/tus.ts';

const minute = 60_000;
const limit = 10_000;

let app: TestApp;
let ann: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_MEDIA_PERSON_BYTES: String(limit) });
});
beforeEach(async () => {
  ann = await signIn(app);
});
afterAll(() => app.close());

const refused = { code: 'limit_reached', details: { limit } };
const begin = (size: number, as = ann) =>
  new TusClient(app.url, as).call('POST', '/v1/uploads', { 'Upload-Length': String(size) });

describe('files of a person have at most so many bytes', () => {
  test('to the byte, whatever way they come; others have their own', async () => {
    const bytes = randomBytes(6_000);
    await uploaded(app, ann, bytes);
    const tooMuch = await upload(app, ann, randomBytes(4_001));
    expect(tooMuch.body.error).toMatchObject(refused);
    const answer = await begin(4_001);
    expect(JSON.parse(answer.text).error).toMatchObject(refused);
    await uploaded(app, ann, randomBytes(4_000));
    expect((await upload(app, ann, Buffer.from('x'))).body.error).toMatchObject(refused);
    // Of the same bytes too: each is charged with what they have brought.
    const bob = await signIn(app);
    await uploaded(app, bob, bytes);
    expect((await upload(app, bob, randomBytes(4_001))).body.error).toMatchObject(refused);
    expect((await fetch(`${app.url}/ready`)).status).toBe(200);
  });

  test('what has begun counts, and what was given up counts until it is removed', async () => {
    const begun = await begin(9_000);
    expect(begun.status).toBe(201);
    expect((await upload(app, ann, randomBytes(2_000))).body.error).toMatchObject(refused);
    const path = begun.headers.get('location') ?? '';
    expect((await new TusClient(app.url, ann).call('DELETE', path)).status).toBe(204);
    const { id } = await uploaded(app, ann, randomBytes(9_000));
    const other = await signIn(app);
    const direct = await startDirect(app, ann, other);
    const content = { media: [{ mediaId: id }] };
    const sent = await rest(app, 'POST', `/conversations/${direct}/messages`, {
      token: ann.token,
      body: { kind: 'document', content },
    });
    expect(sent.status).toBe(201);
    await giveUp(app, ann, id);
    app.clock.advance(6 * minute);
    expect(await isKept(app, id)).toBe(true);
    expect((await begin(2_000)).status).toBe(409);
    await rest(app, 'DELETE', `/conversations/${direct}/messages/${sent.body.message.id}`, { token: ann.token });
    await isKept(app, id);
    app.clock.advance(24 * 60 * minute);
    expect(await isKept(app, id)).toBe(false);
  });

  test('of many at once those that fit are taken', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => begin(3_000)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const bob = await signIn(app);
    const uploads = await Promise.all(Array.from({ length: 8 }, () => upload(app, bob, randomBytes(3_000))));
    const ready = uploads.filter(({ status }) => status === 201);
    expect(ready).toHaveLength(3);
    for (const { status, body } of uploads) if (status !== 201) expect(body.error).toMatchObject(refused);
    for (const { body } of ready) {
      expect((await fetchAs(app, bob, `/v1/media/${body.id}/content`)).status).toBe(200);
    }
  });
});
