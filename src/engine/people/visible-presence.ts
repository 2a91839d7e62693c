import type { PreparedStatement, Reader } from '../ports/database.ts';
import type { SeenRow } from './store.ts';
import { blockBetween, privacyAllows } from './visible-profile.ts';

/** SQL: whether one of two people has the other in their address book. */
const acquainted = (a: string, b: string): string => `
  (coalesce((select true from contacts where owner_id = ${a} and person_id = ${b} limit 1), false)
    or coalesce((select true from contacts where owner_id = ${b} and person_id = ${a} limit 1), false))`;

const visible: PreparedStatement = {
  name: 'visible-presence',
  text: `
    select p.id, p.last_seen_at, p.availability, p.status_text, p.status_emoji, p.status_until
    from unnest($1::uuid[], $2::boolean[]) as asked (id, peer)
    cross join lateral (select * from people where id = asked.id limit 1) p
    where p.deleted_at is null and (p.id = $3 or (
      (asked.peer or ${acquainted('$3::uuid', 'p.id')})
      and ${privacyAllows('privacy_last_seen', '$3::uuid', 'p')} and not ${blockBetween('p.id', '$3::uuid')}))`,
};

/**
 * Last seen and status of those of the given people whose presence the viewer may see: their own, and that of peers, of
 * contacts, and of those whose contact the viewer is, where they let them.
 *
 * @param peers those who share a conversation with the viewer
 */
export async function visiblePresence(
  reader: Reader,
  viewerId: string,
  ids: readonly string[],
  peers: ReadonlySet<string>,
): Promise<SeenRow[]> {
  if (ids.length === 0) return [];
  return reader.prepared<SeenRow>(visible, [ids, ids.map((id) => peers.has(id)), viewerId]);
}

const visiblePairs: PreparedStatement = {
  name: 'visible-pairs',
  text: `
    select asked.viewer_id, p.id, p.last_seen_at, p.availability, p.status_text, p.status_emoji, p.status_until
    from unnest($1::uuid[], $2::uuid[]) as asked (viewer_id, person_id)
    cross join lateral (select * from people where id = asked.person_id limit 1) p
    where p.deleted_at is null and ${privacyAllows('privacy_last_seen', 'asked.viewer_id', 'p')}
      and not ${blockBetween('p.id', 'asked.viewer_id')}
      and (${acquainted('asked.viewer_id', 'p.id')} or coalesce((
        select true from members mine
        cross join lateral (
          select from members
          where conversation_id = mine.conversation_id and person_id = p.id and left_at is null limit 1
        ) theirs
        where mine.person_id = asked.viewer_id and mine.left_at is null limit 1
      ), false))`,
};

/** Who may see the presence of whom, for several viewers at once. */
export interface ViewerOf {
  readonly viewerId: string;
  readonly personId: string;
}

/**
 * {@link visiblePresence} of those of the pairs in which the viewer may see the presence of the person, by the same rule.
 */
export function visibleAmong(
  reader: Reader,
  pairs: readonly ViewerOf[],
): Promise<(SeenRow & { readonly viewer_id: string })[]> {
  return reader.prepared(visiblePairs, [pairs.map(({ viewerId }) => viewerId), pairs.map(({ personId }) => personId)]);
}
