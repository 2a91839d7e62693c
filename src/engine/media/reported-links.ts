import type { Reader } from '../ports/database.ts';
import type { Admin } from '../shared/policy.ts';
import { selectKeptFor } from './access-store.ts';
import type { MediaDeps } from './deps.ts';
import { expiryOf, type MediaLink, signature } from './open-media.ts';

/** A file that a report keeps, and how an admin reads it. */
export interface ReportedFile {
  readonly mediaId: string;
  readonly original: MediaLink;
  /** null: it has none. */
  readonly thumbnail: MediaLink | null;
}

/**
 * Makes short-lived links for an admin to the files that an open report keeps. That the report is open, and the person an
 * admin, is asked again at each request.
 *
 * @param ids files that the message named, of which some may be gone
 */
export const reportedLinks =
  ({ clock, rules, linkKey }: MediaDeps) =>
  async (reader: Reader, admin: Admin, reportId: string, ids: readonly string[]): Promise<ReportedFile[]> => {
    const expires = expiryOf(rules, clock.now());
    return (await selectKeptFor(reader, reportId, ids)).map(({ media_id: id, thumbnail }) => {
      const sign = (rendition: MediaLink['rendition']): MediaLink => {
        const link = { id, rendition, personId: admin.personId, reportId, expires };
        return { ...link, signature: signature(linkKey, link) };
      };
      return { mediaId: id, original: sign('original'), thumbnail: thumbnail ? sign('thumbnail') : null };
    });
  };
