import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import type { MediaDeps } from './deps.ts';
import { type MediaRules, mediaNotFound, mediaRefused, overQuota } from './policy.ts';
import type { UploadProcessor } from './process-upload.ts';
import { findMedia, refuseMedia } from './store.ts';
import { type MediaView, mediaView } from './views.ts';

/**
 * All bytes of an upload are here: looks into them and makes the file ready.
 *
 * @returns the file; `processing` where it cannot be looked into now and will be by itself (no scanner answers, say)
 * @throws EngineError `media_not_found`, `media_refused`, `limit_reached`, `storage_full`
 */
export const finishUpload =
  ({ processor, rules }: { processor: UploadProcessor; rules: MediaRules }) =>
  async (actor: Actor, id: string): Promise<MediaView> => {
    await processor.process(id);
    const row = await processor.find(id);
    if (row?.uploader_id !== actor.personId) throw mediaNotFound();
    if (row.refusal === 'over_quota') throw overQuota(rules.personBytes);
    if (row.status === 'refused') throw mediaRefused(row.refusal ?? '');
    return mediaView(row);
  };

/** How much of an upload is here, in bytes. One that is being looked into, or was, is complete. */
export const receivedBytes =
  ({ database, spool, onTrouble, processor }: MediaDeps & { processor: UploadProcessor }) =>
  async (id: string): Promise<{ readonly size: number; readonly received: number }> => {
    const [row] = isId(id) ? await database.read((reader) => findMedia(reader, [id])) : [];
    // One whose size is not known comes in one piece.
    if (!row || row.size === null) throw mediaNotFound();
    if (row.status === 'refused') throw mediaRefused(row.refusal ?? '');
    const size = Number(row.size);
    if (row.status !== 'uploading') return { size, received: size };
    const received = (await spool.size(id)) ?? 0;
    // Its last piece came, and then the process died: its client takes it for finished.
    if (received === size) processor.process(id).catch((error) => onTrouble(error, 'processing of an upload'));
    return { size, received };
  };

/** The bytes will not come any more. */
export const abortUpload =
  ({ database, spool }: MediaDeps) =>
  async (id: string): Promise<void> => {
    await database.write((unit) => refuseMedia(unit, id, 'empty'));
    await spool.remove(id);
  };
