import { afterAll, beforeAll, expect, test } from 'vitest';
import { eicar, FakeClamd } from '../harness/fake-clamd.ts';
import { FakeS3 } from '../harness/fake-s3.ts';
import { addMembers, createGroup, leave, removeMember } from '../harness/groups.ts';
import { fetchAs, picture, upload, uploaded } from '../harness/media.ts';
import { rest, signIn, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function linkFor(person: TestPerson, mediaId: string, conversationId: string): Promise<string | null> {
  const { body } = await rest(app, 'POST', '/media/links', {
    token: person.token,
    body: { files: [{ mediaId, conversationId }] },
  });
  return body.links[0]?.url ?? null;
}

test('links of who is removed or leaves die at once, with all other ways to the file', async () => {
  const [owner, removed, left, stranger] = [await signIn(app), await signIn(app), await signIn(app), await signIn(app)];
  const id = await createGroup(app, owner, { people: [removed, left] }).then((group) => group.id);
  const file = await uploaded(app, owner, await picture());
  const content = { media: [{ mediaId: file.id }] };
  const sent = await rest(app, 'POST', `/conversations/${id}/messages`, {
    token: owner.token,
    body: { kind: 'image', content },
  });
  expect(sent.status).toBe(201);

  const status = async (url: string | null) => (url === null ? null : (await fetchAs(app, null, url)).status);
  const path = `/v1/media/${file.id}/content?conversationId=${id}`;
  const links = new Map<TestPerson, string | null>();
  for (const person of [owner, removed, left]) {
    links.set(person, await linkFor(person, file.id, id));
    expect(await status(links.get(person) ?? null)).toBe(200);
    expect((await fetchAs(app, person, path)).status).toBe(200);
  }
  expect(await linkFor(stranger, file.id, id)).toBeNull();
  expect((await fetchAs(app, stranger, path)).status).toBe(404);
  // Not through a conversation that does not show it, nor as their own.
  expect((await fetchAs(app, removed, `/v1/media/${file.id}/content`)).status).toBe(404);

  expect((await removeMember(app, owner, id, removed.id)).status).toBeLessThan(300);
  expect((await leave(app, left, id)).status).toBeLessThan(300);
  for (const person of [removed, left]) {
    expect(await status(links.get(person) ?? null)).toBe(404);
    expect(await linkFor(person, file.id, id)).toBeNull();
    expect((await fetchAs(app, person, path)).status).toBe(404);
  }
  expect(await status(links.get(owner) ?? null)).toBe(200);
  expect((await addMembers(app, owner, id, [left.id])).status).toBeLessThan(300);
});

test('a file is not served before the scanner has found it clean', async () => {
  const clamd = await FakeClamd.start();
  const { port } = clamd.address as { port: number };
  const scanned = await startTestApp({ PARLEY_CLAMD: `127.0.0.1:${port}` });
  try {
    const ann = await signIn(scanned);
    expect((await upload(scanned, ann, await picture())).body).toMatchObject({ status: 'ready' });
    const infected = await upload(scanned, ann, Buffer.from(eicar));
    expect([infected.status, infected.body.error]).toMatchObject([
      422,
      { code: 'media_refused', details: { reason: 'infected' } },
    ]);

    await clamd.close();
    const waiting = await upload(scanned, ann, await picture({ colour: '#00ff00' }));
    expect([waiting.status, waiting.body.status]).toEqual([201, 'processing']);
    expect((await fetchAs(scanned, ann, `/v1/media/${waiting.body.id}/content`)).status).toBe(404);
  } finally {
    await scanned.close();
  }
});

test('files go straight to a store that takes them, and are looked into there', async () => {
  const s3 = await new FakeS3().start();
  const other = await startTestApp({
    PARLEY_BLOBS: 's3',
    PARLEY_S3_ENDPOINT: s3.url,
    PARLEY_S3_BUCKET: s3.bucket,
    PARLEY_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  });
  try {
    const ann = await signIn(other);
    const bytes = await picture({ width: 320, height: 200 });
    const begin = await rest(other, 'POST', '/media/direct', {
      token: ann.token,
      body: { fileName: 'view.png', size: bytes.length },
    });
    const { media, upload: direct } = begin.body;
    expect([begin.status, media.status]).toEqual([201, 'uploading']);
    const finish = () => rest(other, 'POST', `/media/${media.id}/finish`, { token: ann.token });
    expect((await finish()).body.error.code).toBe('media_not_ready');
    const put = (body: Buffer) =>
      fetch(direct.url, { method: direct.method, headers: direct.headers, body: Uint8Array.from(body) });
    expect((await put(bytes)).ok).toBe(true);
    expect((await finish()).body).toMatchObject({ status: 'ready', mimeType: 'image/png', width: 320, height: 200 });
    const answer = await fetchAs(other, ann, `/v1/media/${media.id}/content`, { headers: { range: 'bytes=1-3' } });
    expect([answer.status, await answer.text()]).toEqual([206, 'PNG']);
  } finally {
    await other.close();
    await s3.stop();
  }
});
