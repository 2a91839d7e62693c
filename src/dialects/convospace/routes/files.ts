import { EngineError } from '../../../engine/shared/errors.ts';
import { sendFile } from '../../../transport/send-file.ts';
import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';

/** Files for clients that fetch them without credentials: whoever was given a name may read what it stands for. */
export const fileRoutes = ({ engine, fileNames }: ConvospaceDeps): Route[] => [
  {
    method: 'GET',
    path: '/uploads/:name',
    access: 'public',
    async handle({ params: { name = '' }, request, reply }) {
      await sendFile(request, reply, await open(name), 'private, max-age=3600, immutable');
      return null;

      async function open(given: string) {
        const file = fileNames.read(given);
        if (file) return engine.media.openNamed(file.mediaId, file.rendition);
        if (/^[\w-]{32}$/.test(given)) return engine.media.openPhoto(given, 'original');
        throw new EngineError('media_not_found', 'There is no such file.');
      }
    },
  },
];
