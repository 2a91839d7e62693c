import type { UnitOfWork } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { usePhoto } from './use-media.ts';

/** What the photo of a person or group is to be; undefined: as it is. One of the two. */
export interface PhotoChoice {
  /** Somewhere else; null: none. */
  readonly photoUrl?: string | null | undefined;
  /** A file here, that the actor has brought; null: none. */
  readonly photoMediaId?: string | null | undefined;
}

/**
 * The columns of a person or group that a choice of a photo changes. Call it where their row is locked, or new: files are
 * locked after people and conversations.
 *
 * @param choice its `photoUrl` has been checked
 * @throws EngineError `invalid_request`, `media_not_found`, `media_not_ready`, `media_refused`
 */
export async function choosePhoto(
  unit: UnitOfWork,
  clock: Clock,
  personId: string,
  { photoUrl, photoMediaId }: PhotoChoice,
): Promise<{ readonly photo_url?: string | null; readonly photo_media_id?: string | null }> {
  if (photoUrl !== undefined && photoMediaId !== undefined) {
    throw new EngineError('invalid_request', 'Give one of photoUrl and photoMediaId.', { path: '/photoMediaId' });
  }
  if (typeof photoMediaId === 'string') return usePhoto(unit, clock, personId, photoMediaId);
  if (photoUrl === undefined && photoMediaId === undefined) return {};
  return { photo_url: photoUrl ?? null, photo_media_id: null };
}
