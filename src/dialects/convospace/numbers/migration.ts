import type { Migration } from '../../../engine/ports/database.ts';

/**
 * Numbers are given out under a lock of their kind and follow the highest one: none is left out where a transaction fails,
 * so rows are never deleted. In a function, whose second statement sees what was committed while the first one waited.
 */
export const convospaceNumbers: Migration = {
  name: '0030-convospace-numbers',
  sql: `
    create table convospace_numbers (
      kind text not null check (kind in ('user', 'conversation', 'message', 'contact', 'notification', 'login')),
      number bigint not null,
      id uuid not null,
      primary key (kind, number),
      unique (kind, id)
    );
    comment on table convospace_numbers is 'What clients of the door convospace call things: each kind is counted from 1.';

    create function convospace_take(kinds text[], ids uuid[]) returns setof convospace_numbers language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtext('convospace_numbers'), hashtext(k.kind))
      from (select distinct kind from unnest(kinds) as u (kind) order by kind) k;
      insert into convospace_numbers (kind, number, id)
      select missing.kind, highest.number + row_number() over (partition by missing.kind order by missing.id), missing.id
      from (
        select distinct w.kind, w.id
        from unnest(kinds, ids) as w (kind, id)
        left join lateral (
          select true as found from convospace_numbers n where n.kind = w.kind and n.id = w.id limit 1
        ) known on true
        where known.found is null
      ) missing
      cross join lateral (
        select coalesce((
          select n.number from convospace_numbers n where n.kind = missing.kind order by n.number desc limit 1
        ), 0) as number
      ) highest;
      return query
        select n.kind, n.number, n.id
        from unnest(kinds, ids) as w (kind, id)
        cross join lateral (
          select * from convospace_numbers n where n.kind = w.kind and n.id = w.id limit 1
        ) n;
    end $$;
  `,
};
