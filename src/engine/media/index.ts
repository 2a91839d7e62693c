import type { Migration, UnitOfWork } from '../ports/database.ts';
import { beginUpload } from './begin-upload.ts';
import { collectMedia } from './collect.ts';
import { copyMedia } from './copy-media.ts';
import { deleteMedia, releaseDelay } from './delete-media.ts';
import type { MediaDeps } from './deps.ts';
import { beginDirect, finishDirect } from './direct-upload.ts';
import { abortUpload, finishUpload, receivedBytes } from './finish-upload.ts';
import { getMedia } from './get-media.ts';
import { keepBytes } from './keep-bytes.ts';
import { media } from './migrations/0021-media.ts';
import { reportedMedia } from './migrations/0026-reported-media.ts';
import { keptBytes } from './migrations/0027-kept-bytes.ts';
import { createLinks, openLink, openMedia, openNamed, openPhoto } from './open-media.ts';
import { maxBytesFor } from './policy.ts';
import { UploadProcessor } from './process-upload.ts';
import { reportedLinks } from './reported-links.ts';
import { reserveRoom } from './reserve-room.ts';
import { type MediaPurpose, releaseMediaOf } from './store.ts';
import { holdMedia } from './use-media.ts';

export { type NewUpload, storageFull, type Upload } from './begin-upload.ts';
export { choosePhoto, type PhotoChoice } from './choose-photo.ts';
export type { CollectionReport } from './collect.ts';
export { mediaData } from './my-data.ts';
export type { MediaLink, MediaTarget, OpenedMedia } from './open-media.ts';
export { type MediaRules, maxBytesFor, mediaTooLarge } from './policy.ts';
export { type MediaReport, reportMedia } from './report.ts';
export type { ReportedFile } from './reported-links.ts';
export { Spool } from './spool.ts';
export type { MediaPurpose, MediaStatus, RenditionName } from './store.ts';
export type { MediaView } from './views.ts';

export const mediaMigrations: readonly Migration[] = [media, reportedMedia, keptBytes];

/** Files: taken, looked into, kept as long as something shows them, and given to those who may see them. */
export function createMedia(deps: MediaDeps) {
  const processor = new UploadProcessor(deps);
  return {
    begin: beginUpload(deps),
    finish: finishUpload({ ...deps, processor }),
    received: receivedBytes({ ...deps, processor }),
    beginDirect: beginDirect(deps),
    finishDirect: finishDirect({ ...deps, processor }),
    keep: keepBytes({ ...deps, processor }),
    /** The largest size of a file, in bytes; without a purpose, of any. */
    maxBytes: (purpose?: MediaPurpose) => maxBytesFor(deps.rules, purpose),
    abort: abortUpload(deps),
    get: getMedia(deps),
    delete: deleteMedia(deps),
    copy: copyMedia({ ...deps, processor }),
    links: createLinks(deps),
    open: openMedia(deps),
    openLink: openLink(deps),
    openPhoto: openPhoto(deps),
    openNamed: openNamed(deps),
    reportedLinks: reportedLinks(deps),
    /** Keeps files that a message is going to show. */
    hold: holdMedia(deps),
    /** Gives up all that a person has brought, in the transaction that deletes their account. */
    erase: (unit: UnitOfWork, personId: string): Promise<void> =>
      releaseMediaOf(unit, personId, new Date(deps.clock.now() + releaseDelay)),
    /** Goes on with files that were being looked into when this node died. Run it now and then. */
    resume: (stopping?: AbortSignal) => processor.resume(stopping),
    /** Goes on with what this node had not finished. Run it at the start. */
    recover: () => processor.recover(),
    /** Removes what nothing shows any more. Run it now and then. */
    collect: collectMedia(deps),
    reserve: reserveRoom(deps),
    /** Where the bytes of uploads go. */
    spool: deps.spool,
    idle: () => processor.idle(),
  };
}

export type Media = ReturnType<typeof createMedia>;
