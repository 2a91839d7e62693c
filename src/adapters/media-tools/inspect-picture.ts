import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'blurhash';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { type MadePicture, type MediaFacts, UnreadableMedia } from '../../engine/ports/media-tools.ts';
import { copyPlainPng } from './copy-plain-png.ts';
import { type PictureStructure, readStructure } from './picture-structure.ts';
import type { Task } from './protocol.ts';

type PictureTask = Extract<Task, { kind: 'picture' }>;

/** What is known of the file, for its cleaning. */
interface Known extends PictureStructure {
  readonly header: Metadata;
  /** Of any format. */
  readonly frames: number;
}

const thumbnailPixels = 480;
const blurhashPixels = 32;

// What is read once is not kept for a second time.
sharp.cache(false);

/** See `MediaTools.inspect`. Runs in a worker: it may take all the time and memory that one has. */
export async function inspectPicture(task: PictureTask): Promise<MediaFacts> {
  const { path, mimeType, maxPixels } = task;
  const header = await decoding(() => sharp(path, { limitInputPixels: false }).metadata());
  if (header.mediaType !== mimeType) throw new UnreadableMedia('damaged', `It is of the type ${header.mediaType}.`);
  const structure = readStructure(path, mimeType);
  const frames = Math.max(header.pages ?? 1, structure.pngFrames);
  const known: Known = { ...structure, header, frames };
  const { width, height } = header;
  const screen = structure.screen ?? { width, height };
  if (Math.max(width, screen.width) * Math.max(height, screen.height) * frames > maxPixels) {
    throw new UnreadableMedia('too_many_pixels', `It has ${frames} times ${screen.width} x ${screen.height} pixels.`);
  }
  const bare = structure.bare && screen.width === width && screen.height === height;
  const { thumbnail, blurhash } = await makeThumbnail(task, known);
  const cleaned = bare ? {} : { cleaned: { path: await clean(task, known) } };
  const shown = frames === 1 ? header.autoOrient : { width, height };
  return { width: shown.width, height: shown.height, blurhash, thumbnail, ...cleaned };
}

async function makeThumbnail(
  { path, directory, maxPixels }: PictureTask,
  { frames }: Known,
): Promise<{ thumbnail: MadePicture; blurhash: string }> {
  const picture = upright(sharp(path, { failOn: 'error', limitInputPixels: maxPixels }), frames);
  const box = { width: thumbnailPixels, height: thumbnailPixels, fit: 'inside', withoutEnlargement: true } as const;
  const { data, info } = await decoding(() =>
    picture.resize(box).webp({ quality: 78 }).toBuffer({ resolveWithObject: true }),
  );
  const made = join(directory, `${randomUUID()}.webp`);
  await writeFile(made, data);
  const thumbnail = { path: made, mimeType: 'image/webp', width: info.width, height: info.height };
  return { thumbnail, blurhash: await hashBlur(data) };
}

async function hashBlur(thumbnail: Buffer): Promise<string> {
  const box = { width: blurhashPixels, height: blurhashPixels, fit: 'inside' } as const;
  const white = { background: '#ffffff' };
  const { data, info } = await sharp(thumbnail)
    .resize(box)
    .flatten(white)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [across, down] = info.width >= info.height ? [4, 3] : [3, 4];
  return encode(new Uint8ClampedArray(data), info.width, info.height, across, down);
}

/** Makes the same picture anew, so that nothing is in it that is not seen. Its colours become those of sRGB. */
async function clean({ path, mimeType, directory, maxPixels }: PictureTask, known: Known): Promise<string> {
  const made = join(directory, `${randomUUID()}.${mimeType.slice('image/'.length)}`);
  if (known.pngFrames > 1) {
    copyPlainPng(path, made);
    return made;
  }
  const animated = known.frames > 1;
  const picture = upright(sharp(path, { failOn: 'error', limitInputPixels: maxPixels, animated }), known.frames);
  await decoding(() => encoded(picture, mimeType, known).toFile(made));
  return made;
}

/** What moves is shown by browsers as it is stored. */
const upright = (picture: Sharp, frames: number): Sharp => (frames === 1 ? picture.autoOrient() : picture);

function encoded(picture: Sharp, mimeType: string, { header, lossless }: Known): Sharp {
  switch (mimeType) {
    case 'image/jpeg': {
      const chromaSubsampling = header.chromaSubsampling === '4:2:0' ? '4:2:0' : '4:4:4';
      return picture.jpeg({ quality: 92, chromaSubsampling });
    }
    case 'image/png': {
      const deep = header.depth === 'ushort' ? picture.toColourspace('rgb16') : picture;
      return deep.png({ palette: header.isPalette ?? false });
    }
    case 'image/gif':
      return picture.gif({ effort: 4 });
    case 'image/webp':
      return picture.webp({ quality: 90, lossless });
    default:
      return picture.avif({ quality: 75, effort: 1 });
  }
}

/** Errors of sharp are the file's, but for those of the disk that is written to. */
async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    if (/no space left|write error|unable to (open|write)|input file is missing|too many open files/i.test(message)) {
      throw error;
    }
    const reason = /exceeds pixel limit/i.test(message) ? 'too_many_pixels' : 'damaged';
    throw new UnreadableMedia(reason, message.split('\n')[0] ?? '');
  }
}
