import type { Database, UnitOfWork } from '../ports/database.ts';
import { type Clock, hour } from '../shared/clock.ts';
import { isId } from '../shared/ids.ts';
import { assertUsable, mediaNotFound } from './policy.ts';
import { leaseMedia, type MediaRow } from './store.ts';
import { shownMedia } from './views.ts';

/** What is going to use a file does so within this time. */
const leaseTime = hour;

/**
 * Finds files that a person is going to show, and keeps them until they are shown.
 *
 * @param of whose they must be; null where the person shows what they were shown, as when they forward it
 * @returns in the order of the ids, each as a message says it
 * @throws EngineError `media_not_found`, `media_not_ready`, `media_refused`, `invalid_request` where one was brought for
 *   something else
 */
export const holdMedia =
  ({ database, clock }: { database: Database; clock: Clock }) =>
  async (of: string | null, ids: readonly { readonly id: string; readonly path: string }[]) => {
    const end = new Date(clock.now() + leaseTime);
    const valid = [...new Set(ids.map(({ id }) => id).filter(isId))];
    const rows = valid.length === 0 ? [] : await database.write((unit) => leaseMedia(unit, valid, end));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map(({ id, path }) => shownMedia(usable(byId.get(id), of, path)));
  };

function usable(row: MediaRow | undefined, of: string | null, path: string): MediaRow {
  if (of !== null) assertUsable(row, of, 'message', path);
  else if (row?.status !== 'ready') throw mediaNotFound(path);
  return row;
}

/**
 * The photo that a person chooses for themself or a group, within the transaction that sets it.
 *
 * @returns where it is from now on
 * @throws EngineError `media_not_found`, `media_not_ready`, `media_refused`, `invalid_request` where it was not brought
 *   as a photo
 */
export async function usePhoto(
  unit: UnitOfWork,
  clock: Clock,
  personId: string,
  mediaId: string,
): Promise<{ readonly photo_media_id: string; readonly photo_url: string }> {
  const path = '/photoMediaId';
  const [row] = isId(mediaId) ? await leaseMedia(unit, [mediaId], new Date(clock.now() + leaseTime)) : [];
  assertUsable(row, personId, 'avatar', path);
  if (row.photo_key === null) throw mediaNotFound(path);
  return { photo_media_id: row.id, photo_url: photoPath(row.photo_key) };
}

/** The path of a photo on this server. */
export const photoPath = (photoKey: string): string => `/v1/photos/${photoKey}`;
