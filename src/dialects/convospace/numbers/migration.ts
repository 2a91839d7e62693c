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
      return query
        with wanted as materialized (
          select distinct w.kind, w.id from unnest(kinds, ids) as w (kind, id)
        ), known as materialized (
          select w.kind, n.number, w.id
          from wanted w
          left join lateral (
            select number from convospace_numbers where kind = w.kind and id = w.id limit 1
          ) n on true
        ), highest as materialized (
          select k.kind, coalesce((
            select n.number from convospace_numbers n where n.kind = k.kind order by n.number desc limit 1
          ), 0) as number
          from (select distinct k.kind from known k where k.number is null) k
        ), given as (
          insert into convospace_numbers (kind, number, id)
          select k.kind, h.number + row_number() over (partition by k.kind order by k.id), k.id
          from known k join highest h on h.kind = k.kind
          where k.number is null
          returning convospace_numbers.*
        )
        select k.kind, k.number, k.id from known k where k.number is not null
        union all
        select g.kind, g.number, g.id from given g;
    end $$;
  `,
};
