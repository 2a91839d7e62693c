import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awkwardFiles } from '../harness/awkward-files.ts';
import { fetchAs, upload } from '../harness/media.ts';
import { signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
beforeAll(async () => {
  app = await startTestApp({ PARLEY_MEDIA_MAX_PIXELS: '2000000', PARLEY_FFMPEG: 'none' });
  ann = await signIn(app);
});
afterAll(() => app.close());

const named = awkwardFiles.filter(({ name }) => name !== '');

/** Types that a browser would run or interpret, if it were told that a file is of them. */
const active = /html|svg|xml|javascript|wasm|pdf/;

test('each awkward file gets its answer, and none is ever served as something that runs', {
  timeout: 120_000,
}, async () => {
  const outcomes = await Promise.all(
    // In a multipart body, a file without a name is one that nobody has chosen.
    named.map(async (file) => {
      // The name and the type that a client claims count for nothing.
      const { status, body } = await upload(app, ann, await file.bytes(), { fileName: file.name, type: 'text/html' });
      if (status !== 201) return { file, outcome: { status: 'refused', reason: body.error?.details.reason } };
      const answer = await fetchAs(app, ann, `/v1/media/${body.id}/content`);
      await answer.arrayBuffer();
      const { headers } = answer;
      const shown = headers.get('content-disposition')?.split(';')[0];
      expect([answer.status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
      if (shown === 'inline') expect(headers.get('content-type')).not.toMatch(active);
      return { file, outcome: { status: 'ready', shown }, name: body.fileName };
    }),
  );
  expect(outcomes.length).toBeGreaterThanOrEqual(40);
  for (const { file, outcome, name } of outcomes) {
    const { expected, name: given } = file;
    const wanted =
      expected.status === 'refused'
        ? { status: 'refused', reason: expected.reason }
        : { status: 'ready', shown: expected.shown };
    expect([given, outcome]).toEqual([given, wanted]);
    // Multipart has its own way with some characters; which name is kept of which, the contract of names says.
    expect(name ?? 'file').toMatch(/^[^\p{Cc}\p{Cf}/\\]{1,255}$/u);
  }
  // Nothing is left of their way, and the server goes on.
  expect(await readdir(`${app.config.dataDirectory}/uploads`)).toEqual([]);
  expect((await fetch(`${app.url}/ready`)).status).toBe(200);
  expect(app.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
});
