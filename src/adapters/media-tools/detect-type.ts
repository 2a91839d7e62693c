import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { markupType, mentionsHtml, readText } from './text-type.ts';

const unknown = 'application/octet-stream';
/** What is read to tell text from other bytes. */
const headBytes = 64 * 1024;

/** Formats with a signature whose files may be text all the same. Other signatures are short, and begin words too. */
const mayBeText =
  /^(text\/.+|model\/stl|application\/(pdf|rtf|postscript|eps|pgp-encrypted|x-ms-regedit|vnd\.iccprofile))$/;

/** Names under which formats are better known. */
const names: Readonly<Record<string, string>> = { 'image/apng': 'image/png' };

/** See `MediaTools.detect`. Reads some of the file, never all of it. */
export async function detectType(path: string): Promise<string> {
  const head = await readHead(path);
  const text = readText(head);
  const markup = markupType(text ?? head.toString('latin1'));
  if (markup) return markup;
  const signature = await bySignature(path);
  if (text === null) return signature ?? unknown;
  if (signature && mayBeText.test(signature)) return signature;
  return mentionsHtml(text) ? 'text/html' : 'text/plain';
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(headBytes);
    let filled = 0;
    while (filled < headBytes) {
      const { bytesRead } = await file.read(head, filled, headBytes - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return head.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function bySignature(path: string): Promise<string | undefined> {
  try {
    const type = (await fileTypeFromFile(path))?.mime.split(';')[0];
    return type && (names[type] ?? type);
  } catch {
    return; // of a known type at its beginning, and then broken
  }
}
