import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBlurhashValid } from 'blurhash';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMediaTools, type MediaToolsOptions } from '../../src/adapters/media-tools/index.ts';
import { WorkerPool } from '../../src/adapters/media-tools/worker-pool.ts';
import { fileName } from '../../src/engine/media/file-name.ts';
import { isShownInline } from '../../src/engine/media/policy.ts';
import type { MediaFacts, MediaTools } from '../../src/engine/ports/media-tools.ts';
import { type AwkwardFile, awkwardFiles, type Ready } from '../harness/awkward-files.ts';
import { describeWithFfmpeg, ffmpeg, runFfmpeg } from '../harness/ffmpeg.ts';
import { gif, movingPicture, picture, png, secretPlace } from '../harness/picture-bytes.ts';
import { until } from '../harness/until.ts';

const maxPixels = 100_000_000;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-tools-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function store(bytes: Buffer): Promise<string> {
  const path = join(directory, 'given');
  await writeFile(path, bytes);
  return path;
}

/** A file that is opened and never ends, and a way to wait until it is open. */
function endless() {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const opened = async (): Promise<FileHandle> => {
    let writer: FileHandle | undefined;
    // Refused while nobody reads.
    await until('it is opened', async () => {
      writer = await openFile(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
      return writer !== undefined;
    });
    return writer as FileHandle;
  };
  return { path, opened };
}

const isRunning = (id: number): boolean => {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
};

/** What becomes of a file, at the level of the adapter and of the rules about types. */
async function judge(tools: MediaTools, { name, bytes }: AwkwardFile) {
  const path = await store(await bytes());
  const made = await mkdtemp(join(directory, 'made-'));
  const type = await tools.detect(path);
  const outcome = await tools.inspect(path, type, made).then(
    (facts) => ({ facts }),
    (error: unknown) => ({ error }),
  );
  return { name, path, made, type, ...outcome };
}

/** What is said of a file that is ready must be true of the bytes that are kept. */
async function checkReady(path: string, made: string, type: string, facts: MediaFacts, expected: Ready) {
  const { size, frames, cleaned } = expected;
  expect(isShownInline(facts.mimeType ?? type)).toBe(expected.shown === 'inline');
  const files = [facts.thumbnail?.path, facts.cleaned?.path].filter((file) => file !== undefined);
  expect((await readdir(made)).map((file) => join(made, file)).sort()).toEqual(files.sort());
  if (!size) return;
  expect([facts.width, facts.height]).toEqual(size);
  expect(isBlurhashValid(facts.blurhash ?? '').result).toBe(true);
  expect(facts.cleaned !== undefined).toBe(cleaned);
  const keptPath = facts.cleaned?.path ?? path;
  const kept = await sharp(keptPath).metadata();
  expect(kept.mediaType).toBe(type);
  expect([kept.width, kept.height]).toEqual(size);
  expect(kept.pages ?? (await countFrames(keptPath))).toBe(frames);
  expect([kept.exif, kept.xmp, kept.iptc, kept.orientation, kept.comments]).toEqual(Array(5).fill(undefined));
  expect((await readFile(keptPath)).includes(secretPlace)).toBe(false);
  await checkThumbnail(facts);
}

async function checkThumbnail({ thumbnail, width = 0, height = 0 }: MediaFacts): Promise<void> {
  const small = await sharp(thumbnail?.path).metadata();
  expect([small.mediaType, small.width, small.height, small.pages ?? 1]).toEqual([
    thumbnail?.mimeType,
    thumbnail?.width,
    thumbnail?.height,
    1,
  ]);
  const factor = Math.min(1, 480 / Math.max(width, height));
  const wanted = [width, height].map((length) => Math.max(1, Math.round(length * factor)));
  expect([small.width, small.height]).toEqual(wanted);
}

/** Pictures of a PNG, which sharp does not count. */
const countFrames = async (path: string): Promise<number> =>
  Math.max(1, (await readFile(path)).toString('latin1').split('fcTL').length - 1);

function awkwardContract(files: readonly AwkwardFile[], options: Partial<MediaToolsOptions>, heard: boolean): void {
  let tools: MediaTools;
  beforeAll(() => {
    tools = createMediaTools({ maxPixels, ...options });
  });
  afterAll(() => tools.close());

  test.each(files.map((file) => [JSON.stringify(file.name).slice(1, -1).slice(0, 40), file] as const))(
    '%s',
    async (_name, file) => {
      expect(fileName(file.name)).toBe(file.keptName ?? file.name);
      const { path, made, type, ...outcome } = await judge(tools, file);
      expect(type).toBe(file.type);
      const { expected } = file;
      if ('error' in outcome) {
        expect(outcome.error).toMatchObject({
          name: 'UnreadableMedia',
          reason: 'reason' in expected && expected.reason,
        });
        expect(await readdir(made)).toEqual([]);
      } else if (expected.status === 'refused') {
        // That is decided before a file is looked into.
        expect([expected.reason, outcome.facts]).toEqual(['empty', {}]);
      } else {
        await checkReady(path, made, type, outcome.facts, expected);
        expect(outcome.facts.durationSeconds).toBe(heard ? expected.heard?.seconds : undefined);
        expect(outcome.facts.waveform?.length).toBe(heard && expected.heard ? 64 : undefined);
      }
    },
  );
}

describe('files of all kinds, without ffmpeg', () => awkwardContract(awkwardFiles, {}, false));
describe('files of all kinds, where ffmpeg is not found', () => {
  test('have no facts that need it', async () => {
    const tools = createMediaTools({ maxPixels, ffmpeg: { program: 'ffmpeg', searchPath: directory } });
    const sound = awkwardFiles.find(({ name }) => name === 'second.wav') as AwkwardFile;
    expect(await judge(tools, sound)).toMatchObject({ type: 'audio/wav', facts: {} });
    await tools.close();
  });
});

describe('the pictures that are kept', () => {
  let tools: MediaTools;
  beforeAll(() => {
    tools = createMediaTools({ maxPixels });
  });
  afterAll(() => tools.close());

  test('are turned upright: what was at the left is on top', async () => {
    const left = { create: { width: 20, height: 40, channels: 3 as const, background: '#ff0000' } };
    const turned = sharp({ create: { width: 40, height: 40, channels: 3, background: '#0000ff' } })
      .composite([{ input: left, left: 0, top: 0 }])
      .withMetadata({ orientation: 6 });
    const facts = await tools.inspect(await store(await turned.jpeg().toBuffer()), 'image/jpeg', directory);
    for (const path of [facts.cleaned?.path, facts.thumbnail?.path]) {
      const { data } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
      expect(data[(5 * 40 + 20) * 3]).toBeGreaterThan(200); // red
      expect(data[(35 * 40 + 20) * 3]).toBeLessThan(50);
    }
  });

  test('look as before: lossless ones exactly, others nearly', async () => {
    for (const [type, bytes, most] of [
      ['image/png', await picture().withXmp('<x/>').png().toBuffer(), 0],
      ['image/webp', await picture().withXmp('<x/>').webp({ lossless: true }).toBuffer(), 0],
      ['image/jpeg', await picture().blur(3).withXmp('<x/>').jpeg({ quality: 90 }).toBuffer(), 4],
    ] as const) {
      const path = await store(bytes);
      const { cleaned } = await tools.inspect(path, type, directory);
      const [before, after] = await Promise.all([path, cleaned?.path].map((file) => sharp(file).raw().toBuffer()));
      const differences = before?.map((value, at) => Math.abs(value - (after?.[at] ?? 0))) ?? Buffer.alloc(0);
      expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThanOrEqual(most);
    }
  });

  test('move as fast and as often as before', async () => {
    const bytes = await movingPicture()
      .gif({ delay: [50, 100, 150], loop: 2 })
      .toBuffer();
    const { cleaned } = await tools.inspect(await store(Buffer.concat([bytes, bytes])), 'image/gif', directory);
    expect(await sharp(cleaned?.path).metadata()).toMatchObject({ delay: [50, 100, 150], loop: 2, pages: 3 });
  });

  test('have the colours of sRGB', async () => {
    const wide = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#00ff00' } })
      .withIccProfile('p3')
      .withXmp('<x/>')
      .jpeg()
      .toBuffer();
    const { cleaned } = await tools.inspect(await store(wide), 'image/jpeg', directory);
    expect(await sharp(cleaned?.path).metadata()).toMatchObject({ space: 'srgb', hasProfile: false });
  });
});

describe('limits', () => {
  /** Uncompressed, it is 100 MB that have to be held as a whole. */
  const heavy = () => png({ width: 3_500, height: 3_500, depth: 16, colours: 6, interlaced: true });

  test('pixels count over all frames, and up to the limit', async () => {
    const tools = createMediaTools({ maxPixels: 1_200 });
    for (const [frames, fine] of [
      [3, true],
      [4, false],
    ] as const) {
      const looked = tools.inspect(await store(gif(20, 20, frames)), 'image/gif', directory);
      await (fine ? expect(looked).resolves.toMatchObject({ width: 20 }) : expect(looked).rejects.toThrow('4 times'));
    }
    await tools.close();
  });

  test('memory', async () => {
    const path = await store(heavy());
    const tools = createMediaTools({ maxPixels, memoryLimit: 160 * 1024 * 1024 });
    await expect(tools.inspect(path, 'image/png', directory)).rejects.toMatchObject({ reason: 'too_many_pixels' });
    expect(await tools.inspect(await store(await picture().png().toBuffer()), 'image/png', directory)).toMatchObject({
      width: 60,
    });
    await tools.close();
  });

  test('time, and others do not wait for what takes too long', async () => {
    const { path } = endless();
    const tools = createMediaTools({ maxPixels, timeLimit: 1_000 });
    const looked = [tools.inspect(path, 'image/png', directory), tools.detect(path)] as const;
    const fine = tools.detect(await store(await picture().png().toBuffer()));
    await expect(looked[0]).rejects.toMatchObject({ reason: 'too_long' });
    expect(await looked[1]).toBe('application/octet-stream');
    expect(await fine).toBe('image/png');
    await tools.close();
  });

  test('what the machine is to blame for is no fault of the file', async () => {
    const tools = createMediaTools({ maxPixels });
    const path = await store(await picture().png().toBuffer());
    const nowhere = join(directory, 'none');
    await expect(tools.inspect(path, 'image/png', nowhere)).rejects.not.toMatchObject({ name: 'UnreadableMedia' });
    await expect(tools.detect(nowhere)).rejects.not.toMatchObject({ name: 'UnreadableMedia' });
    await tools.close();
  });
});

describe('the processes that look', () => {
  const open = (idleLimit = 60_000, size = 1) =>
    new WorkerPool({ size, idleLimit, timeLimit: 20_000, memoryLimit: 1024 ** 3 });

  test('are as many as there may be, and work through a queue', async () => {
    const pool = open(60_000, 2);
    const path = await store(Buffer.from('text'));
    const types = await Promise.all(Array.from({ length: 20 }, () => pool.run({ kind: 'detect', path })));
    expect(types).toEqual(Array(20).fill('text/plain'));
    expect(pool.processIds.length).toBe(2);
    await pool.close();
  });

  test('are gone after close, which ends what they are at', async () => {
    const pool = open();
    const path = await store(Buffer.from('text'));
    await pool.run({ kind: 'detect', path });
    const [id = 0] = pool.processIds;
    expect(isRunning(id)).toBe(true);
    const running = expect(pool.run({ kind: 'detect', path: endless().path })).rejects.toThrow('any more');
    const queued = expect(pool.run({ kind: 'detect', path })).rejects.toThrow('any more');
    await pool.close();
    await Promise.all([running, queued]);
    expect(isRunning(id)).toBe(false);
    await expect(pool.run({ kind: 'detect', path })).rejects.toThrow('any more');
  });

  test('end when there is nothing to do, and start again', async () => {
    const pool = open(50);
    const path = await store(Buffer.from('text'));
    await pool.run({ kind: 'detect', path });
    const [id = 0] = pool.processIds;
    await until('the idle process is gone', () => !isRunning(id));
    expect(await pool.run({ kind: 'detect', path })).toBe('text/plain');
    await pool.close();
  });

  test('may die once over a file; one over which two die is refused', async () => {
    const pool = open();
    const { path, opened } = endless();
    const looked = pool.run({ kind: 'detect', path });
    const refused = expect(looked).rejects.toMatchObject({ reason: 'damaged' });
    const after = pool.run({ kind: 'detect', path: await store(Buffer.from('text')) });
    for (let death = 1; death <= 2; death += 1) {
      const writer = await opened();
      const [id = 0] = pool.processIds;
      process.kill(id, 'SIGKILL');
      await until('it is gone', () => !isRunning(id));
      await writer.close();
    }
    await refused;
    expect(await after).toBe('text/plain');
    await pool.close();
  });

  test('end with the process that has started them', async () => {
    const { path, opened } = endless();
    const entry = new URL('../../src/adapters/media-tools/worker-pool.ts', import.meta.url).href;
    const script = `
      const { WorkerPool } = await import(${JSON.stringify(entry)});
      const pool = new WorkerPool({ size: 1, idleLimit: 60000, timeLimit: 60000, memoryLimit: 1e9 });
      pool.run({ kind: 'detect', path: ${JSON.stringify(path)} });
      console.log(pool.processIds[0]);`;
    const parent = spawn(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ]);
    const [printed] = await once(parent.stdout, 'data');
    const writer = await opened();
    parent.kill('SIGKILL');
    await until('the child is gone', () => !isRunning(Number(printed)));
    await writer.close();
  });
});

describeWithFfmpeg('films and recordings, with ffmpeg', () => {
  const recordings = awkwardFiles.filter(({ type, name }) => /^(audio|video)/.test(type) || name.endsWith('.mp4'));
  awkwardContract(recordings, { ffmpeg }, true);

  let tools: MediaTools;
  beforeAll(() => {
    tools = createMediaTools({ maxPixels, ffmpeg });
  });
  afterAll(() => tools.close());

  const film = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=3'];
  const tone = ['-f', 'lavfi', '-i', "sine=d=2,volume='if(lt(t,1),0.1,1)':eval=frame"];

  async function inspectMade(name: string, ...args: string[]) {
    const path = join(directory, name);
    await runFfmpeg(...args, path);
    const type = await tools.detect(path);
    return { type, facts: await tools.inspect(path, type, directory) };
  }

  test('a film has a size, a length and a picture', async () => {
    const { type, facts } = await inspectMade('film.mp4', ...film, '-c:v', 'mpeg4');
    expect([type, facts.mimeType]).toEqual(['video/mp4', undefined]);
    expect(facts).toMatchObject({ width: 320, height: 180, durationSeconds: 3 });
    await checkThumbnail(facts);
    expect(isBlurhashValid(facts.blurhash ?? '').result).toBe(true);
    const made = (await readdir(directory)).filter((file) => file !== 'film.mp4');
    const files = [facts.thumbnail?.path, facts.cleaned?.path];
    expect(made.map((file) => join(directory, file)).sort()).toEqual(files.sort());
  });

  test('that lies on its side is as it is shown', async () => {
    await runFfmpeg(...film, '-c:v', 'mpeg4', join(directory, 'flat.mp4'));
    const turn = ['-i', join(directory, 'flat.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90'];
    const newer = ['-display_rotation', '90', '-i', join(directory, 'flat.mp4'), '-c', 'copy'];
    const { facts } = await inspectMade('turned.mp4', ...newer).catch(() => inspectMade('turned.mp4', ...turn));
    expect(facts).toMatchObject({ width: 180, height: 320 });
    await checkThumbnail(facts);
  });

  test('one that was recorded as it came, and does not say how long it is', async () => {
    const { facts } = await inspectMade('live.webm', ...film, '-c:v', 'vp8', '-live', '1');
    expect(facts.durationSeconds).toBeCloseTo(3, 0);
  });

  test.each([
    ['voice.webm', 'video/webm', 'audio/webm'],
    ['voice.mp4', 'video/mp4', 'audio/mp4'],
    ['voice.ogg', 'audio/ogg', undefined],
    ['voice.flac', 'audio/flac', undefined],
  ])('%s is no film, and has a length and a waveform', async (name, detected, better) => {
    const { type, facts } = await inspectMade(name, ...tone);
    expect([type, facts.mimeType]).toEqual([detected, better]);
    expect(facts.durationSeconds).toBeCloseTo(2, 1);
    const waveform = facts.waveform ?? [];
    expect(waveform.length).toBe(64);
    expect(Math.max(...waveform)).toBe(255);
    for (const value of waveform.slice(2, 30)) expect(value).toBeLessThan(60);
    for (const value of waveform.slice(34, 62)) expect(value).toBeGreaterThan(200);
    expect([facts.thumbnail, facts.width]).toEqual([undefined, undefined]);
  });

  test('a playlist opens nothing, whatever it is taken for', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.ts`;
    const path = await store(Buffer.from(`#EXTM3U\n#EXTINF:10.0,\n${url}\n#EXT-X-ENDLIST\n`));
    // The control: it is one that ffmpeg would follow.
    await runFfmpeg('-protocol_whitelist', 'file,http,tcp', '-f', 'hls', '-i', path, '-f', 'null', '-').catch(() => {});
    expect(requests).toBeGreaterThan(0);
    requests = 0;
    for (const type of ['video/mp4', 'video/webm', 'video/ogg', 'audio/mpeg', 'audio/wav', 'audio/aac']) {
      expect(await tools.inspect(path, type, directory)).toEqual({});
    }
    expect(requests).toBe(0);
    server.close();
    server.closeAllConnections();
  });

  test('close ends what it is at', async () => {
    const own = createMediaTools({ maxPixels, ffmpeg });
    const path = join(directory, 'long.wav');
    await runFfmpeg('-f', 'lavfi', '-i', 'anullsrc=d=3600:r=8000:cl=mono', path);
    const looked = own.inspect(path, 'audio/wav', directory);
    const ended = expect(looked).rejects.toThrow('any more');
    await own.close();
    await ended;
  });
});
