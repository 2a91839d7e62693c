import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMediaTools } from '../../src/adapters/media-tools/index.ts';
import type { MediaTools } from '../../src/engine/ports/media-tools.ts';
import { describeWithFfmpeg, ffmpeg, runFfmpeg } from '../harness/ffmpeg.ts';

const place = '+12.3456-098.7654';
const names = ['Secret maker', place];

let directory: string;
let tools: MediaTools;
beforeAll(() => {
  tools = createMediaTools({ maxPixels: 100_000_000, ffmpeg });
});
afterAll(() => tools.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-clean-'));
});
afterEach(() => rm(directory, { recursive: true }));

const pictures = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1'];
const sound = ['-f', 'lavfi', '-i', 'sine=d=1'];
const filmed = [...pictures, ...sound, '-c:v', 'mpeg4', '-c:a', 'aac'];
const told = [
  ...['-metadata', `location=${place}/`, '-metadata', `comment=${place}`, '-metadata', 'artist=Secret maker'],
  ...['-metadata:s:0', `title=${place}`, '-metadata:s:0', 'handler_name=Secret maker'],
];
const quickTimeKeys = [
  ...['-movflags', 'use_metadata_tags', '-metadata', `com.apple.quicktime.location.ISO6709=${place}/`],
  ...['-metadata', 'com.apple.quicktime.make=Secret maker'],
];

/** Hashes of what is shown and heard, packet by packet. */
async function contentOf(path: string): Promise<string[]> {
  const out = join(directory, 'hashes');
  await runFfmpeg('-i', path, '-map', '0:V?', '-map', '0:a?', '-c', 'copy', '-f', 'streamhash', out);
  return (await readFile(out, 'utf8')).trim().split('\n');
}

/** Makes a file that tells of its maker, and returns what is kept of it. */
async function clean(name: string, ...args: string[]) {
  const path = join(directory, name);
  await runFfmpeg(...args, path);
  const given = await readFile(path);
  const type = await tools.detect(path);
  const made = await mkdtemp(join(directory, 'made-'));
  const { cleaned, ...facts } = await tools.inspect(path, type, made);
  if (!cleaned) throw new Error('It is kept as it is.');
  return { path, type, given, kept: await readFile(cleaned.path), cleaned: cleaned.path, facts };
}

describeWithFfmpeg('what films and recordings say of their makers', () => {
  test.each([
    ['film.mp4', [...filmed, ...told]],
    ['phone.mov', [...filmed, ...quickTimeKeys]],
    ['old.3gp', [...filmed, ...told]],
    ['film.webm', [...pictures, '-c:v', 'vp8', ...told]],
    ['film.mkv', [...filmed, ...told]],
    ['voice.m4a', [...sound, '-c:a', 'aac', ...told]],
    ['voice.ogg', [...sound, ...told]],
    ['voice.mp3', [...sound, '-write_id3v1', '1', ...told]],
    ['voice.flac', [...sound, ...told]],
    ['voice.wav', [...sound, ...told]],
    ['voice.aiff', [...sound, '-write_id3v2', '1', ...told]],
  ])('%s says nothing any more, and is the same', async (name, args) => {
    const { path, type, given, kept, cleaned, facts } = await clean(name, ...args);
    const said = names.filter((text) => given.includes(text));
    expect(said).not.toEqual([]);
    expect(said.filter((text) => kept.includes(text))).toEqual([]);
    expect(await contentOf(cleaned)).toEqual(await contentOf(path));
    expect(await tools.detect(cleaned)).toBe(type);
    // Of what is kept the same is true.
    const again = await tools.inspect(cleaned, type, directory);
    expect([again.width, again.height]).toEqual([facts.width, facts.height]);
    expect(again.durationSeconds).toBeCloseTo(facts.durationSeconds ?? 0, 1);
    // Equal files stay equal, so they are stored once.
    expect(await readFile(again.cleaned?.path ?? '')).toEqual(kept);
  });

  test('tracks that tell where it was, chapters, covers and attached files are left out', async () => {
    const subtitles = join(directory, 'place.srt');
    await writeFile(subtitles, `1\n00:00:00,000 --> 00:00:01,000\n${place}\n`);
    const chapters = join(directory, 'chapters.txt');
    const chapter = `[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=${place}\n`;
    await writeFile(chapters, `;FFMETADATA1\n${chapter}`);
    const inputs = [...pictures, ...sound, '-i', subtitles, '-i', chapters];
    const tracks = ['-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3', '-c:v', 'mpeg4', '-c:a', 'aac'];
    const mp4 = await clean('drone.mp4', ...inputs, ...tracks, '-c:s', 'mov_text');
    expect([mp4.given.includes(place), mp4.kept.includes(place)]).toEqual([true, false]);
    const attached = ['-attach', subtitles, '-metadata:s:t', 'mimetype=text/plain'];
    const matroska = await clean('drone.mkv', ...inputs, ...tracks, '-c:s', 'srt', ...attached);
    expect([matroska.given.includes(place), matroska.kept.includes(place)]).toEqual([true, false]);
    expect((await contentOf(matroska.cleaned)).length).toBe(2);
  });

  test('a film that lies on its side still does', async () => {
    await runFfmpeg(...pictures, '-c:v', 'mpeg4', join(directory, 'flat.mp4'));
    const newer = ['-display_rotation', '90', '-i', join(directory, 'flat.mp4'), '-c', 'copy'];
    const older = ['-i', join(directory, 'flat.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90'];
    const { cleaned, facts } = await clean('turned.mp4', ...newer).catch(() => clean('turned.mp4', ...older));
    expect(facts).toMatchObject({ width: 48, height: 64 });
    expect(await tools.inspect(cleaned, 'video/mp4', directory)).toMatchObject({ width: 48, height: 64 });
  });

  test('a film that can be seen through still can', async () => {
    const see = ['-f', 'lavfi', '-i', 'color=red@0.5:size=64x48:duration=1:rate=10,format=yuva420p', '-c:v', 'libvpx'];
    const { kept } = await clean('sticker.webm', ...see, '-auto-alt-ref', '0', '-metadata', `comment=${place}`);
    expect([kept.includes(place), kept.includes(Buffer.from([0x53, 0xc0, 0x81, 1]))]).toEqual([false, true]);
  });

  test('what cannot be read stays as it is, and leaves nothing', async () => {
    const path = join(directory, 'broken.mp4');
    await runFfmpeg(...filmed, ...told, path);
    const bytes = await readFile(path);
    await writeFile(path, Buffer.concat([bytes.subarray(0, 48), randomBytes(2_000)]));
    const made = await mkdtemp(join(directory, 'made-'));
    expect(await tools.inspect(path, 'video/mp4', made)).toEqual({});
    expect(await readdir(made)).toEqual([]);
  });
});
