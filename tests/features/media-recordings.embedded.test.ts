import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithFfmpeg, runFfmpeg } from '../harness/ffmpeg.ts';
import { fetchAs, uploaded } from '../harness/media.ts';
import { say } from '../harness/messages.ts';
import { signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const place = '+12.3456-098.7654';

let app: TestApp;
let directory: string;
let ann: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ PATH: process.env.PATH ?? '' });
  directory = await mkdtemp(join(tmpdir(), 'parley-films-'));
  [ann, bob] = [await signIn(app), await signIn(app)];
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

async function filmed(): Promise<Buffer> {
  const path = join(directory, 'film.mov');
  const film = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1', '-c:v', 'mpeg4'];
  const keys = ['-movflags', 'use_metadata_tags', '-metadata', `com.apple.quicktime.location.ISO6709=${place}/`];
  await runFfmpeg(...film, ...keys, path);
  return readFile(path);
}

describeWithFfmpeg('a film', () => {
  test('is kept without the place where it was taken; its size and its tag are those of what is kept', async () => {
    const bytes = await filmed();
    expect(bytes.includes(place)).toBe(true);
    const file = await uploaded(app, ann, bytes, { fileName: 'film.mov' });
    expect(file).toMatchObject({ status: 'ready', mimeType: 'video/quicktime', width: 64, height: 48 });
    const direct = await startDirect(app, ann, bob);
    await say(app, ann, direct, { kind: 'video', content: { media: [{ mediaId: file.id }] } });
    const answer = await fetchAs(app, bob, `/v1/media/${file.id}/content?conversationId=${direct}`);
    const kept = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, kept.includes(place), kept.length]).toEqual([200, false, file.size]);
    expect(answer.headers.get('etag')).toBe(`"${createHash('sha256').update(kept).digest('base64url')}"`);
    // The same film is stored once, also for others.
    await uploaded(app, bob, bytes, { fileName: 'again.mov' });
    const rows = await app.app.database.read((reader) =>
      reader.sql.selectFrom('renditions').select('hash').where('name', '=', 'original').execute(),
    );
    expect(rows.map(({ hash }) => hash)).toEqual(Array(2).fill(createHash('sha256').update(kept).digest()));
  });
});
