import { isId } from '../../../engine/shared/ids.ts';
import type { FileNames } from '../../kit/file-names.ts';

/**
 * The file that an address stands for: one of this door, whatever origin it names, or one of the native door on this server.
 * Null where it is another's.
 *
 * @param site origin of this server, as the client knows it
 */
export function mediaIdOf({ fileNames }: { readonly fileNames: FileNames }, url: string, site: string): string | null {
  const name = /\/uploads\/([^/?#]+)$/.exec(url)?.[1];
  const file = name === undefined ? null : fileNames.read(name);
  if (file?.rendition === 'original') return file.mediaId;
  const path = url.startsWith(`${site}/`) ? url.slice(site.length) : url;
  const id = /^\/v1\/media\/([^/?#]+)/.exec(path)?.[1];
  return id !== undefined && isId(id) ? id : null;
}
