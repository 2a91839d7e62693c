import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';
import { lockPeople, type PersonRow } from './store.ts';
import { blockBetween, privacyAllows } from './visible-profile.ts';

/** Why somebody was not added to a group. `unavailable`: no account, or a block; nobody learns which. */
export type NotAddedReason = 'privacy' | 'unavailable';

/** Whether a person may be added to a group by another one. */
export interface AddingVerdict {
  readonly personId: string;
  /** null: may be added. */
  readonly refusal: NotAddedReason | null;
  /** Absent where there is no such person. */
  readonly person: PersonRow | undefined;
}

const adding: PreparedStatement = {
  name: 'judge-adding',
  text: `
    select wanted.id as wanted_id, p.*, case
      when p.id is null or p.deleted_at is not null
        or (p.suspended_at is not null and (p.suspended_until is null or p.suspended_until > $3))
        or ${blockBetween('p.id', '$2')} then 'unavailable'
      when not ${privacyAllows('privacy_groups', '$2', 'p')} then 'privacy'
      end as refusal
    from unnest($1::uuid[]) with ordinality as wanted (id, ord)
    left join lateral (select * from people where id = wanted.id limit 1) p on true
    order by wanted.ord`,
};

/**
 * Judges which of some people an actor may add to a group: each decides by `privacy_groups` who may. Locks them, so that no
 * account is deleted before its owner is in the group, and can then be taken out of it.
 *
 * @param personIds in the form of ids, each once
 */
export async function judgeAdding(
  unit: UnitOfWork,
  actorId: string,
  personIds: readonly string[],
  now: Date,
): Promise<AddingVerdict[]> {
  if (personIds.length === 0) return [];
  type Row = PersonRow & { readonly wanted_id: string; readonly refusal: NotAddedReason | null };
  await lockPeople(unit, personIds, 'shared');
  const rows = await unit.prepared<Row>(adding, [personIds, actorId, now]);
  return rows.map((row) => ({
    personId: row.wanted_id,
    refusal: row.refusal,
    person: row.id === null ? undefined : row,
  }));
}
