import type { PreparedStatement, Reader } from '../ports/database.ts';
import { blockBetween, privacyAllows } from './visible-profile.ts';

const visible: PreparedStatement = {
  name: 'visible-last-seen',
  text: `
    select p.id, p.last_seen_at
    from unnest($1::uuid[], $2::boolean[]) as asked (id, peer)
    cross join lateral (select * from people where id = asked.id limit 1) p
    where p.deleted_at is null and (p.id = $3 or (
      (asked.peer or coalesce((select true from contacts where owner_id = $3 and person_id = p.id limit 1), false))
      and ${privacyAllows('privacy_last_seen', '$3::uuid', 'p')} and not ${blockBetween('p.id', '$3::uuid')}))`,
};

/**
 * Last seen of those of the given people whose presence the viewer may see: their own, and that of contacts and peers who
 * let them.
 *
 * @param peers those who share a conversation with the viewer
 */
export async function visibleLastSeen(
  reader: Reader,
  viewerId: string,
  ids: readonly string[],
  peers: ReadonlySet<string>,
): Promise<Map<string, Date | null>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.prepared<{ id: string; last_seen_at: Date | null }>(visible, [
    ids,
    ids.map((id) => peers.has(id)),
    viewerId,
  ]);
  return new Map(rows.map((row) => [row.id, row.last_seen_at]));
}
