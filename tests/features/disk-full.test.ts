import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../harness/embedded-template.ts';
import { fetchAs, upload } from '../harness/media.ts';
import { rest, signIn, startDirect } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { TusClient } from '../harness/tus.ts';

const mebibyte = 1024 * 1024;
const directory = temporaryDirectory();

function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=220m', 'parley-data', directory.path], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // only root may
  }
}
const mounted = mountSmallDisk();
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', directory.path]);
  directory.remove();
});

describe.runIf(mounted)('on a disk that is nearly full', () => {
  const reserve = 24 * mebibyte;
  let app: TestApp;
  beforeAll(async () => {
    const data = `${directory.path}/data`;
    mkdirSync(data);
    app = await startTestApp(
      { PARLEY_MEDIA_RESERVE_BYTES: String(reserve), PARLEY_MEDIA_MAX_BYTES: String(200 * mebibyte) },
      data,
    );
  });
  afterAll(() => app.close());

  const free = (): number => {
    const { bavail, bsize } = statfsSync(directory.path);
    return bavail * bsize;
  };

  test('files are refused in words, nothing of them stays, and messages go on', { timeout: 120_000 }, async () => {
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const id = await startDirect(app, ann, bob);
    const say = async (text: string) =>
      (await rest(app, 'POST', `/conversations/${id}/messages`, { token: ann.token, body: { text } })).status;
    const first = await upload(app, ann, Buffer.alloc(mebibyte, 1));
    expect(first.status).toBe(201);

    // Somebody else fills the disk up to a little above what is kept free.
    const filler = `${directory.path}/filler`;
    writeFileSync(filler, Buffer.alloc(free() - reserve - 4 * mebibyte));
    const before = free();
    const large = await upload(app, ann, Buffer.alloc(8 * mebibyte, 2));
    expect([large.status, large.body.error?.code]).toEqual([507, 'storage_full']);
    const client = new TusClient(app.url, ann);
    const refused = await client.call('POST', '/v1/uploads', { 'Upload-Length': String(8 * mebibyte) });
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([507, 'storage_full']);
    const path = await client.create(mebibyte);
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) => upload(app, ann, Buffer.alloc(mebibyte, 3 + i))),
    );
    const statuses = many.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201, 507]));
    expect(free()).toBeGreaterThan(reserve / 2);
    expect(await say('The disk is nearly full.')).toBe(201);
    expect(before - free()).toBeLessThan(8 * mebibyte);

    // It becomes full while an upload is on its way: what has come stays, and it goes on when there is room again.
    writeFileSync(`${directory.path}/rest`, Buffer.alloc(Math.max(0, free() - reserve + mebibyte)));
    const stopped = await client.append(path, 0, Buffer.alloc(mebibyte, 9));
    expect([stopped.status, JSON.parse(stopped.text).error.code]).toEqual([507, 'storage_full']);
    expect(await say('Still here.')).toBe(201);
    await rm(filler);
    const offset = await client.offset(path);
    expect((await client.append(path, offset, Buffer.alloc(mebibyte - offset, 9))).status).toBe(204);
    expect((await fetchAs(app, ann, `/v1/media/${path.split('/').at(-1)}/content`)).status).toBe(200);
    expect((await fetchAs(app, ann, `/v1/media/${first.body.id}/content`)).status).toBe(200);
  });
});
