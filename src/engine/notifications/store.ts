import type { Generated, Selectable } from 'kysely';
import { publicFace } from '../people/index.ts';
import { type PreparedStatement, plainArray, type Reader, type UnitOfWork } from '../ports/database.ts';
import type { NotificationKind } from './kinds.ts';
import { bodyLength, type NotificationRow } from './views.ts';

declare module '../ports/database.ts' {
  interface Tables {
    notifications: NotificationsTable;
  }
}

interface NotificationsTable {
  person_id: string;
  id: string;
  kind: NotificationKind;
  conversation_id: string;
  seq: number;
  actor_id: string;
  created_at: Date;
  expires_at: Date | null;
  read_at: Generated<Date | null>;
}

/** What a notification is shown with: one look-up each. */
const shownWith = (n: string): string => `
  ${n}.*, m.text, m.kind as message_kind, c.title as group_title, actor.name, actor.username, actor.photo_url`;
const joinShown = (n: string): string => `
  left join lateral (
    select left(text, ${bodyLength}) as text, kind from messages
    where conversation_id = ${n}.conversation_id and seq = ${n}.seq and ${n}.kind <> 'group_added' limit 1
  ) m on true
  left join lateral (
    select title from conversations where id = ${n}.conversation_id and ${n}.kind = 'group_added' limit 1
  ) c on true
  left join lateral (
    select ${publicFace('p')} from people p where p.id = ${n}.actor_id and p.deleted_at is null limit 1
  ) actor on true`;

/**
 * Whether a notification of person `$1` is there to be seen: of a kind `$2` (null: any), not of what has vanished by `$3`,
 * and not of somebody whom they have blocked.
 */
const visible = (n: string): string => `
  ($2::text[] is null or ${n}.kind = any ($2)) and (${n}.expires_at is null or ${n}.expires_at > $3)
  and ${n}.actor_id not in (select blocked_id from blocks where person_id = $1)`;

/** The person, the kinds that are wanted (null: all), and what time it is. */
export interface Feed {
  readonly personId: string;
  readonly kinds: readonly NotificationKind[] | null;
  readonly now: Date;
}

const valuesOf = ({ personId, kinds, now }: Feed): unknown[] => [personId, kinds && plainArray(kinds), now];

/** Where a page of the feed begins: the last notification of the page before. */
export interface FeedPosition {
  readonly at: Date;
  readonly seq: number;
  readonly id: string;
}

const page = (condition: string): string => `
    select ${shownWith('n')}
    from (
      select * from notifications n
      where person_id = $1 and ${condition} and ${visible('n')}
        and ($4::timestamptz is null or (created_at, seq, id) < ($4, $5::bigint, $6::uuid))
      order by created_at desc, seq desc, id desc limit $7 offset $8
    ) n ${joinShown('n')}
    order by n.created_at desc, n.seq desc, n.id desc`;
const feedPage: PreparedStatement = { name: 'notification-page', text: page('true') };
const unreadPage: PreparedStatement = { name: 'unread-notification-page', text: page('read_at is null') };

/** Notifications of a person, the newest first. */
export function selectFeed(
  reader: Reader,
  feed: Feed,
  {
    unreadOnly,
    before,
    offset,
    limit,
  }: { unreadOnly: boolean; before: FeedPosition | null; offset: number; limit: number },
): Promise<NotificationRow[]> {
  const place = [before?.at ?? null, before?.seq ?? null, before?.id ?? null, limit, offset];
  return reader.prepared<NotificationRow>(unreadOnly ? unreadPage : feedPage, [...valuesOf(feed), ...place]);
}

const ofPerson: PreparedStatement = {
  name: 'notifications-of-person',
  text: `
    select id, kind, conversation_id, seq, actor_id, created_at, read_at from notifications
    where person_id = $1 and ($2::timestamptz is null or (created_at, seq, id) > ($2, $3::bigint, $4::uuid))
    order by created_at, seq, id limit $5`,
};

/** All that is kept of a person's notifications, the oldest first. */
export function selectKept(
  reader: Reader,
  personId: string,
  after: FeedPosition | undefined,
  limit: number,
): Promise<Omit<Selectable<NotificationsTable>, 'person_id' | 'expires_at'>[]> {
  return reader.prepared(ofPerson, [personId, after?.at ?? null, after?.seq ?? null, after?.id ?? null, limit]);
}

/** No more are counted. */
export const maxCounted = 10_000;

const unreadCount: PreparedStatement = {
  name: 'count-unread-notifications',
  text: `
    select count(*) as n from (
      select from notifications n where person_id = $1 and read_at is null and ${visible('n')} limit ${maxCounted}
    ) unread`,
};

/** How many notifications of a person are unread; at most {@link maxCounted}. */
export async function countUnread(reader: Reader, feed: Feed): Promise<number> {
  return (await reader.prepared<{ n: number }>(unreadCount, valuesOf(feed)))[0]?.n ?? 0;
}

/** The newest unread notification of a kind in a conversation, how many there are, and who they are from. */
export interface GroupRow extends NotificationRow {
  readonly count: number;
  readonly actor_ids: readonly string[];
}

const unreadGroups: PreparedStatement = {
  name: 'unread-notification-groups',
  text: `
    with newest as materialized (
      select * from notifications n where person_id = $1 and read_at is null and ${visible('n')}
      order by created_at desc, seq desc, id desc limit ${maxCounted}
    ), grouped as materialized (
      select count(*) as count, array_agg(distinct actor_id) as actor_ids, max(created_at) as at, max(seq) as seq,
        (array_agg(id order by created_at desc, seq desc, id desc))[1] as id
      from newest group by kind, conversation_id order by at desc, seq desc, id desc limit $4
    )
    select g.count, g.actor_ids, ${shownWith('n')}
    from grouped g
    cross join lateral (select * from notifications where person_id = $1 and id = g.id limit 1) n ${joinShown('n')}
    order by g.at desc, g.seq desc, g.id desc`,
};

/** The newest {@link maxCounted} unread notifications by kind and conversation, that with the newest first. */
export function selectGroups(reader: Reader, feed: Feed, limit: number): Promise<GroupRow[]> {
  return reader.prepared<GroupRow>(unreadGroups, [...valuesOf(feed), limit]);
}

const oneById: PreparedStatement = {
  name: 'notification-by-id',
  text: `
    select ${shownWith('n')}
    from (select * from notifications n where person_id = $1 and id = $4 and ${visible('n')} limit 1) n ${joinShown('n')}`,
};

export async function findNotification(reader: Reader, feed: Feed, id: string): Promise<NotificationRow | undefined> {
  return (await reader.prepared<NotificationRow>(oneById, [...valuesOf(feed), id]))[0];
}

const markOne: PreparedStatement = {
  name: 'read-notification',
  text: 'update notifications set read_at = $3 where person_id = $1 and id = $2 and read_at is null returning id',
};

/** @returns false where it was read already, or is not there */
export async function markOneRead(unit: UnitOfWork, personId: string, id: string, at: Date): Promise<boolean> {
  return (await unit.prepared(markOne, [personId, id, at])).length > 0;
}

/** In the order in which receipts, and who deletes messages, take them: by conversation and place. */
const markBatch: PreparedStatement = {
  name: 'read-notifications',
  text: `
    with unread as materialized (
      select n.id from notifications n where person_id = $1 and read_at is null and ($2::text[] is null or kind = any ($2))
        and created_at <= $3
      order by created_at, seq, id limit $4
    ), in_turn as materialized (
      select n.at from (
        select n.conversation_id, n.seq, n.id from unread u
        cross join lateral (select * from notifications where person_id = $1 and id = u.id limit 1) n
        order by n.conversation_id, n.seq, n.id
      ) ordered
      cross join lateral (
        select ctid as at from notifications where person_id = $1 and id = ordered.id and read_at is null
        for no key update
      ) n
    )
    update notifications set read_at = $3 where ctid = any (array(select at from in_turn)) returning id`,
};

/** Marks the oldest unread notifications of a person as read, up to `limit` of those that are there at that time. */
export async function markManyRead(unit: UnitOfWork, feed: Feed, limit: number): Promise<number> {
  return (await unit.prepared(markBatch, [...valuesOf(feed), limit])).length;
}

/** @returns false where it is not there */
export async function deleteNotification(unit: UnitOfWork, personId: string, id: string): Promise<boolean> {
  const gone = await unit.sql
    .deleteFrom('notifications')
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return gone !== undefined;
}

/** Of what kinds notifications are kept for a person; null where they have no feed. */
export async function kindsOf(reader: Reader, personId: string): Promise<readonly NotificationKind[] | null> {
  const row = await reader.sql
    .selectFrom('people')
    .select('notified_kinds')
    .where('id', '=', personId)
    .executeTakeFirst();
  return (row?.notified_kinds ?? null) as readonly NotificationKind[] | null;
}

export async function setKinds(
  unit: UnitOfWork,
  personId: string,
  kinds: readonly NotificationKind[] | null,
): Promise<void> {
  await unit.sql
    .updateTable('people')
    .set({ notified_kinds: kinds && [...kinds] })
    .where('id', '=', personId)
    .execute();
}

/** In the order of their ids, in which messages lock them too. */
const notifyOfDirects: PreparedStatement = {
  name: 'notify-of-directs',
  text: `
    with mine as materialized (
      select c.id from members m
      cross join lateral (
        select id from conversations where id = m.conversation_id and direct_key is not null and not notifies limit 1
      ) c
      where m.person_id = $1 and m.left_at is null
      order by c.id
    ), in_turn as materialized (
      select c.at from mine
      cross join lateral (select ctid as at from conversations where id = mine.id for no key update) c
    )
    update conversations set notifies = true where ctid = any (array(select at from in_turn))`,
};

/** From now on messages of a person's direct conversations look for who is to be notified. Lock the person first. */
export async function notifyOfDirectsOf(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.prepared(notifyOfDirects, [personId]);
}

const addedToGroup: PreparedStatement = {
  name: 'notify-added',
  text: `
    with told as (
      insert into notifications (person_id, id, kind, conversation_id, seq, actor_id, created_at)
      select p.id, $2, 'group_added', $1, $3, $4, $5
      from unnest($6::uuid[]) as added (id)
      cross join lateral (
        select id from people where id = added.id and 'group_added' = any (notified_kinds) limit 1
      ) p
      returning person_id
    ), noted as (
      update conversations set notifies = true
      where id = $1 and not notifies and exists (select from told)
    )
    select person_id, actor.* from told
    cross join lateral (select ${publicFace('p')} from people p where p.id = $4 limit 1) actor`,
};

/** Somebody who was notified, and who of. */
export interface AddedRow {
  readonly person_id: string;
  readonly name: string;
  readonly username: string | null;
  readonly photo_url: string | null;
}

/** Notifies those who have a feed that they were added to a group. @returns who they are */
export async function insertAdded(
  unit: UnitOfWork,
  added: {
    conversationId: string;
    id: string;
    seq: number;
    actorId: string;
    at: Date;
    personIds: readonly string[];
  },
): Promise<AddedRow[]> {
  const { conversationId, id, seq, actorId, at, personIds } = added;
  const values = [conversationId, id, seq, actorId, at, plainArray(personIds)];
  return unit.prepared<AddedRow>(addedToGroup, values);
}

/** What somebody else is at, is left to them. */
const removeOld: PreparedStatement = {
  name: 'remove-old-notifications',
  text: `
    delete from notifications where ctid = any (array(
      select ctid from notifications where created_at < $1 order by created_at limit $2 for update skip locked
    )) returning id`,
};

/** @returns how many it has removed */
export async function deleteOlder(unit: UnitOfWork, before: Date, limit: number): Promise<number> {
  return (await unit.prepared(removeOld, [before, limit])).length;
}

/** Deletes a person's feed, in the transaction that deletes their account. */
export async function deleteFeed(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('notifications').where('person_id', '=', personId).execute();
  await setKinds(unit, personId, null);
}
