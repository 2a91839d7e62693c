import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { RenditionName } from './store.ts';

/** Where the bytes of a rendition are, and what is to be said of them. */
export interface LocatedRendition {
  readonly key: string;
  readonly hash: Buffer;
  readonly size: number;
  readonly mime_type: string;
  readonly file_name: string;
}

const located = `
  select b.key, b.hash, b.size, r.mime_type, m.file_name
  from media m
  join renditions r on r.media_id = m.id and r.name = $2
  join blobs b on b.hash = r.hash`;

/** A message with the file that the person sees now: they are in the conversation, and it is not gone. */
const shown = `
  exists (
    select from media_uses u
    join members x on x.conversation_id = u.holder_id and x.person_id = $3 and x.left_at is null and u.seq > x.history_from
    join messages g on g.conversation_id = u.holder_id and g.seq = u.seq
    where u.media_id = m.id and u.holder_id = $4
      and g.deleted_at is null and (g.expires_at is null or g.expires_at > $5)
      and not exists (
        select from message_marks k
        where k.person_id = $3 and k.conversation_id = u.holder_id and k.seq = u.seq and k.hidden
      )
  )`;

const seenBy: PreparedStatement = {
  name: 'media-seen-by',
  text: `
    ${located}
    where m.id = $1 and m.status = 'ready' and case when $4::uuid is null then m.uploader_id = $3 else ${shown} end
      and exists (
        select from people p
        where p.id = $3 and p.deleted_at is null and (p.suspended_at is null or p.suspended_until <= $5)
      )`,
};

/**
 * A file, where a person sees it now: in a conversation, or, without one, because they have brought it. One message is enough
 * for the first, so the cost does not grow with how often it was passed on.
 */
export async function locateMedia(
  reader: Reader,
  media: {
    readonly id: string;
    readonly rendition: RenditionName;
    readonly personId: string;
    readonly conversationId: string | null;
  },
  now: Date,
): Promise<LocatedRendition | undefined> {
  const { id, rendition, personId, conversationId } = media;
  return (await reader.prepared<LocatedRendition>(seenBy, [id, rendition, personId, conversationId, now]))[0];
}

const photo: PreparedStatement = {
  name: 'media-photo',
  text: `
    ${located}
    where m.photo_key = $1 and m.status = 'ready' and exists (select from media_uses u where u.media_id = m.id)`,
};

/** The photo of a person or group, while it is one. */
export async function locatePhoto(
  reader: Reader,
  photoKey: string,
  rendition: RenditionName,
): Promise<LocatedRendition | undefined> {
  return (await reader.prepared<LocatedRendition>(photo, [photoKey, rendition]))[0];
}

const named: PreparedStatement = {
  name: 'media-named',
  text: `
    ${located}
    where m.id = $1 and m.status = 'ready'
      and ((not m.released and m.keep_until > $3) or exists (select from media_uses u where u.media_id = m.id))`,
};

/** A file that somebody shows, or that its uploader is about to show. */
export async function locateNamed(
  reader: Reader,
  id: string,
  rendition: RenditionName,
  now: Date,
): Promise<LocatedRendition | undefined> {
  return (await reader.prepared<LocatedRendition>(named, [id, rendition, now]))[0];
}

const reported: PreparedStatement = {
  name: 'media-reported',
  text: `
    ${located}
    where m.id = $1 and m.status = 'ready'
      and exists (select from media_uses u where u.media_id = m.id and u.holder_id = $4 and u.seq = 0)
      and exists (select from reports o where o.id = $4 and o.status = 'open')
      and exists (
        select from people p
        where p.id = $3 and p.role = 'admin' and p.deleted_at is null
          and (p.suspended_at is null or p.suspended_until <= $5)
      )`,
};

/** A file of a message that is reported, for an admin, while the report is open. */
export async function locateReported(
  reader: Reader,
  media: {
    readonly id: string;
    readonly rendition: RenditionName;
    readonly personId: string;
    readonly reportId: string;
  },
  now: Date,
): Promise<LocatedRendition | undefined> {
  const { id, rendition, personId, reportId } = media;
  return (await reader.prepared<LocatedRendition>(reported, [id, rendition, personId, reportId, now]))[0];
}

const keptFor: PreparedStatement = {
  name: 'media-kept-for',
  text: `
    select u.media_id, exists (
      select from renditions r where r.media_id = u.media_id and r.name = 'thumbnail'
    ) as thumbnail
    from unnest($2::uuid[]) with ordinality as given (id, place)
    join media_uses u on u.media_id = given.id and u.holder_id = $1 and u.seq = 0
    order by given.place`,
};

/** Which of some files a report keeps, and whether they have a thumbnail. */
export function selectKeptFor(
  reader: Reader,
  reportId: string,
  ids: readonly string[],
): Promise<{ media_id: string; thumbnail: boolean }[]> {
  return reader.prepared(keptFor, [reportId, ids]);
}
