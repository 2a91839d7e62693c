import { doorName } from '../name.ts';
import type { Showing } from './showing.ts';

/** The address of a file, good for everybody who was given it. */
export const fileLink = (
  { fileNames, site }: Pick<Showing, 'fileNames' | 'site'>,
  file: { readonly mediaId: string; readonly fileName?: string | undefined },
): string => `${site}/${doorName}/uploads/${fileNames.of(file.mediaId, file.fileName)}`;

/** The address of the photo of a person: below this door for one that is here, good while it is their photo. */
export function photoLink({ site }: Pick<Showing, 'site'>, photoUrl: string | null): string | null {
  const key = photoUrl && /^\/v1\/photos\/([\w-]{32})$/.exec(photoUrl)?.[1];
  return key ? `${site}/${doorName}/uploads/${key}` : photoUrl;
}

/** A path on this server begins at its origin. */
export const absolute = ({ site }: Pick<Showing, 'site'>, url: string): string =>
  url.startsWith('/') ? `${site}${url}` : url;
