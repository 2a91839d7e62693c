import { openAsBlob } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, parse, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MediaContent } from '../index.ts';
import { sizeWords } from './message-words.ts';
import { excerpt, oneLine } from './plain-text.ts';
import type { Screen, StoredMessage } from './screen.ts';

type SentFile = MediaContent['media'][number];

/** Sends a file, with or without a caption. */
export async function sendFile(screen: Screen, path: string, caption: string): Promise<void> {
  const { open: conversationId } = screen;
  const { file, ...upload } = await toUpload(screen, path);
  await screen.client.sendFile(conversationId, file, { ...upload, text: caption });
}

/** Shows a picture as my photo from now on. */
export async function setPhoto(screen: Screen, path: string): Promise<void> {
  const { file, ...upload } = await toUpload(screen, path);
  const { id: photoMediaId } = await screen.client.media.upload(file, { ...upload, purpose: 'avatar' });
  await screen.client.updateProfile({ photoMediaId });
  screen.note('it is your photo now');
}

/** Saves the files of a message, into this folder if no other place is given. Nothing is overwritten. */
export async function saveFiles(screen: Screen, number: string, path: string): Promise<void> {
  const message = screen.message(number);
  const content = message.content && 'media' in message.content ? message.content.media : [];
  const files = content.filter(({ mediaId }) => mediaId !== undefined);
  const [elsewhere] = content.flatMap(({ url }) => url ?? []);
  if (files.length === 0) throw new Error(elsewhere ? `It is at ${oneLine(elsewhere)}.` : 'It has no file.');
  const given = atHome(path);
  const isFolder = given === '' || (await stat(given).catch(() => null))?.isDirectory() === true;
  if (!isFolder && files.length > 1) throw new Error('It has several files: say into which folder.');
  for (const file of files) {
    const target = isFolder ? await freePath(given, savedName(file.fileName)) : given;
    await save(screen, message, file, target);
    screen.note(`saved as ${oneLine(target)}`);
  }
}

async function toUpload(screen: Screen, path: string) {
  const from = atHome(path);
  const found = await stat(from).catch(() => null);
  if (!found?.isFile()) throw new Error(`There is no file ${oneLine(path)}.`);
  const fileName = basename(from);
  const label = `${excerpt(fileName)} (${sizeWords(found.size)})`;
  screen.note(`uploading ${label}`);
  const onProgress = (sent: number, total: number): void =>
    screen.progress(`↑ ${label} ${total === 0 ? 100 : Math.floor((100 * sent) / total)} %`);
  return { file: await openAsBlob(from), fileName, onProgress };
}

async function save(screen: Screen, { conversationId }: StoredMessage, file: SentFile, target: string): Promise<void> {
  // 'x': also what has come there in the meantime is not overwritten.
  const handle = await open(target, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new Error(`There is a file ${oneLine(target)} already.`) : error;
  });
  try {
    const { body } = await screen.client.media.download(file.mediaId ?? '', { conversationId });
    const bytes = body ? Readable.fromWeb(body) : Readable.from([]);
    await pipeline(bytes, counted(screen, file), handle.createWriteStream());
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(target, { force: true });
    throw error;
  }
}

/** Says how much has come. */
function counted(screen: Screen, { fileName = '', size = 0 }: SentFile) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of chunks) {
      received += chunk.length;
      screen.progress(`↓ ${excerpt(fileName)} ${size === 0 ? 100 : Math.floor((100 * received) / size)} %`);
      yield chunk;
    }
  };
}

/**
 * A name that others have given as the name of a file here: without parts of a path, and nothing that hides the file or
 * means a device.
 */
export function savedName(given = ''): string {
  const last = oneLine(given).split(/[/\\]/).at(-1) ?? '';
  return last.replace(/[<>:"|?*]/g, '_').replace(/^[.\s]+|[.\s]+$/g, '') || 'file';
}

/** A path in a folder where nothing is yet: "sun.jpg", or else "sun (2).jpg". */
async function freePath(folder: string, fileName: string): Promise<string> {
  const { name, ext } = parse(fileName);
  for (let number = 1; ; number += 1) {
    const path = resolve(folder, number === 1 ? fileName : `${name} (${number})${ext}`);
    if (!(await stat(path).catch(() => null))) return path;
  }
}

/** A path as shells read it: `~` is my folder. */
const atHome = (path: string): string => path.replace(/^~(?=$|[/\\])/, () => homedir());
