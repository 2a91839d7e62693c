import type { FastifyInstance } from 'fastify';
import { EngineError } from '../../../engine/shared/errors.ts';
import { sendFile } from '../../../transport/send-file.ts';
import type { ChatappDeps } from '../deps.ts';

/** Folders in the paths of files. They say what a file is for; which one it is, its name says. */
export const folders = ['profiles', 'messages', 'stories', 'voice', 'documents'] as const;
export type Folder = (typeof folders)[number];

/** The address of a file, good for everybody who was given it. */
export const fileUrl = (
  deps: Pick<ChatappDeps, 'fileNames'>,
  base: string,
  file: { readonly mediaId: string; readonly fileName?: string | undefined },
  folder: Folder = 'messages',
): string => `${base}/uploads/${folder}/${deps.fileNames.of(file.mediaId, file.fileName)}`;

/** The address of the small picture of a file. */
export const thumbnailUrl = (deps: Pick<ChatappDeps, 'fileNames'>, base: string, mediaId: string): string =>
  `${base}/uploads/messages/${deps.fileNames.of(mediaId, '', 'thumbnail')}`;

/**
 * The address of the photo of a person or group: below this door for one that is here. The name is its key, which nobody can
 * guess; it is good while it is their photo.
 */
export function photoAddress(base: string, photoUrl: string | null): string | null {
  const key = photoUrl && /^\/v1\/photos\/([\w-]{32})$/.exec(photoUrl)?.[1];
  return key ? `${base}/uploads/profiles/${key}` : photoUrl;
}

/** The file that an address of this door stands for, whatever origin it names; null where it is another's. */
export function mediaIdOf(deps: Pick<ChatappDeps, 'fileNames'>, url: string): string | null {
  const name = /\/uploads\/[a-z]+\/([^/?#]+)$/.exec(url)?.[1];
  const file = name === undefined ? null : deps.fileNames.read(name);
  return file?.rendition === 'original' ? file.mediaId : null;
}

/** Files for clients that fetch them without credentials. */
export async function mountFiles(scope: FastifyInstance, deps: ChatappDeps): Promise<void> {
  scope.route({
    method: 'GET',
    url: '/uploads/:folder/:name',
    schema: { hide: true },
    handler: async (request, reply) => {
      const { folder, name } = request.params as { folder: string; name: string };
      if (!folders.includes(folder as Folder)) throw noSuchFile();
      return sendFile(request, reply, await openFile(deps, folder as Folder, name), 'private, max-age=3600, immutable');
    },
  });
}

const noSuchFile = () => new EngineError('media_not_found', 'There is no such file.');

/**
 * Opens what the name of a file stands for, or that of a photo.
 *
 * @throws EngineError `media_not_found`
 */
export async function openFile(deps: Pick<ChatappDeps, 'fileNames' | 'engine'>, folder: Folder, name: string) {
  const { media } = deps.engine;
  const file = deps.fileNames.read(name);
  if (file) return media.openNamed(file.mediaId, file.rendition);
  if (folder === 'profiles' && /^[\w-]{32}$/.test(name)) return media.openPhoto(name, 'original');
  throw noSuchFile();
}
