import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportMedia } from '../../src/engine/media/index.ts';
import { fetchAs, picture, upload, uploaded } from '../harness/media.ts';
import { rest, signIn } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const report = () => app.app.database.read(reportMedia);
/** Files that the blob store has. */
const stored = async (): Promise<string[]> => {
  const entries = await readdir(`${app.config.dataDirectory}/blobs`, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
};

test('the same bytes are stored once, and go with the last file that has them', async () => {
  const [ann, bob] = [await signIn(app, { tokens: 'opaque' }), await signIn(app, { tokens: 'opaque' })];
  const bytes = await picture({ width: 300, height: 200 });
  const [first, second] = [await uploaded(app, ann, bytes), await uploaded(app, bob, bytes, { fileName: 'other.jpg' })];
  const before = await report();
  expect(before).toMatchObject({ ready: 2, unused: 2, blobs: 2, loose: 0 });
  expect(before.fileBytes).toBe(2 * bytes.length);
  expect(await stored()).toHaveLength(2);

  expect((await rest(app, 'DELETE', `/media/${first.id}`, { token: ann.token })).status).toBe(204);
  expect((await rest(app, 'DELETE', `/media/${first.id}`, { token: ann.token })).status).toBe(404);
  app.clock.advance(10 * 60_000);
  expect(await app.app.media.collect()).toEqual({ files: 1, blobs: 0, freed: 0 });
  expect((await fetchAs(app, bob, `/v1/media/${second.id}/content`)).status).toBe(200);

  await rest(app, 'DELETE', `/media/${second.id}`, { token: bob.token });
  app.clock.advance(10 * 60_000);
  expect(await app.app.media.collect()).toMatchObject({ files: 1, blobs: 2 });
  expect((await fetchAs(app, bob, `/v1/media/${second.id}/content`)).status).toBe(404);
  expect(await stored()).toEqual([]);
  expect(await report()).toMatchObject({ ready: 0, blobs: 0, blobBytes: 0, loose: 0 });
});

test('a file that is shown nowhere goes after a day, and not before', async () => {
  const ann = await signIn(app, { tokens: 'opaque' });
  const file = await uploaded(app, ann, Buffer.from('Left behind.'));
  app.clock.advance(23 * 3_600_000);
  expect(await app.app.media.collect()).toEqual({ files: 0, blobs: 0, freed: 0 });
  app.clock.advance(2 * 3_600_000);
  expect(await app.app.media.collect()).toEqual({ files: 1, blobs: 1, freed: 12 });
  expect((await rest(app, 'GET', `/media/${file.id}`, { token: ann.token })).status).toBe(404);
});

test('uploads of the same bytes while the collector removes them lose nothing', async () => {
  const ann = await signIn(app, { tokens: 'opaque' });
  const bytes = await picture({ colour: '#123456' });
  for (let round = 0; round < 5; round += 1) {
    const old = await uploaded(app, ann, bytes);
    await rest(app, 'DELETE', `/media/${old.id}`, { token: ann.token });
    app.clock.advance(10 * 60_000);
    const [kept] = await Promise.all([
      Promise.all([upload(app, ann, bytes), upload(app, ann, bytes)]),
      app.app.media.collect(),
      app.app.media.collect(),
    ]);
    await app.app.media.collect();
    for (const { body } of kept) {
      const answer = await fetchAs(app, ann, `/v1/media/${body.id}/content`);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    }
    for (const { body } of kept) await rest(app, 'DELETE', `/media/${body.id}`, { token: ann.token });
    app.clock.advance(10 * 60_000);
    await app.app.media.collect();
    expect(await stored()).toEqual([]);
  }
});
