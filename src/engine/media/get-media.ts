import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { mediaNotFound } from './policy.ts';
import { findMedia } from './store.ts';
import { type MediaView, mediaView } from './views.ts';

/**
 * A file that the actor has brought, and what has become of it.
 *
 * @throws EngineError `media_not_found`
 */
export const getMedia =
  ({ database }: { database: Database }) =>
  async (actor: Actor, id: string): Promise<MediaView> => {
    const [row] = isId(id) ? await database.read((reader) => findMedia(reader, [id])) : [];
    if (row?.uploader_id !== actor.personId || row.released) throw mediaNotFound();
    return mediaView(row);
  };
