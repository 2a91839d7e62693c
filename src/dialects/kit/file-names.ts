import { createHmac, timingSafeEqual } from 'node:crypto';
import { extname } from 'node:path';
import { parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { RenditionName } from '../../engine/media/index.ts';
import { isId } from '../../engine/shared/ids.ts';

const renditions: readonly RenditionName[] = ['original', 'thumbnail'];
const idBytes = 16;
const macBytes = 16;
/** In base64url, without padding. */
const length = Math.ceil(((1 + idBytes + macBytes) * 4) / 3);

/**
 * Names of files for clients that fetch them without credentials, as image widgets do. A name is the file's id with a
 * message authentication code of 128 bits: it cannot be guessed, and needs no table to be read back.
 */
export class FileNames {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @param fileName what the file was called; its extension is shown, for clients that look at it */
  of(mediaId: string, fileName = '', rendition: RenditionName = 'original'): string {
    const bytes = Buffer.from([renditions.indexOf(rendition), ...uuidBytes(mediaId)]);
    const extension = /^\.[a-z0-9]{1,8}$/.exec(extname(fileName).toLowerCase())?.[0] ?? '';
    return Buffer.concat([bytes, this.#code(bytes)]).toString('base64url') + extension;
  }

  /** @returns the file that a name stands for; null where nobody was given that name */
  read(name: string): { readonly mediaId: string; readonly rendition: RenditionName } | null {
    const all = Buffer.from(name.slice(0, length), 'base64url');
    if (all.length !== 1 + idBytes + macBytes || !/^(\.[a-z0-9]{1,8})?$/.test(name.slice(length))) return null;
    const [bytes, code] = [all.subarray(0, 1 + idBytes), all.subarray(1 + idBytes)];
    const rendition = renditions[bytes[0] as number];
    if (!rendition || !timingSafeEqual(code, this.#code(bytes))) return null;
    const mediaId = uuidText(bytes.subarray(1));
    return isId(mediaId) ? { mediaId, rendition } : null;
  }

  #code(bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest().subarray(0, macBytes);
  }
}
