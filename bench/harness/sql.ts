import { openEmbeddedDatabase } from '../../src/adapters/database/embedded/index.ts';
import { openPostgresDatabase } from '../../src/adapters/database/postgres/index.ts';
import { migrations } from '../../src/app/migrations.ts';
import type { Installation } from './contenders.ts';

/** Runs one statement. */
export type Run = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Works on the database of an installation while no server runs on it. */
export async function withSql<Result>(
  { dataDirectory, databaseUrl }: Installation,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const publish = (): void => {};
  const onFatal = (error: Error): never => {
    throw error;
  };
  const database =
    databaseUrl === null
      ? await openEmbeddedDatabase({ dataDirectory, migrations, publish, onFatal })
      : await openPostgresDatabase({ url: databaseUrl, migrations, publish, poolSize: 2 });
  let statements = 0;
  try {
    return await work((text, values = []) => {
      statements += 1;
      return database.autocommit({ name: `fill-${statements}`, text }, values);
    });
  } finally {
    await database.close();
  }
}

/** An id for row `n` of a kind: valid, unique, and growing with `n` as those of the server do with time. */
export function idOf(kind: number, n: number): string {
  const hex = n.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${kind.toString(16).padStart(3, '0')}-8000-000000000000`;
}

/** The same in SQL, for an expression that counts. */
export function idInSql(kind: number, expression: string): string {
  return `(lpad(to_hex(${expression}), 12, '0') || '7${kind.toString(16).padStart(3, '0')}8000000000000000')::uuid`;
}

/** A direct conversation to put into the database. */
export interface FilledConversation {
  readonly id: string;
  readonly people: readonly [string, string];
  readonly messages: number;
  /** Of the first person: how many of the last messages are not read. */
  readonly unread: number;
}

const text = 'The quick brown fox jumps over the lazy dog, and the dog thinks about it. Lunch at one, as always?';

/** Puts conversations with their messages into the database, the messages as time would have mixed them. */
export async function fillConversations(run: Run, conversations: readonly FilledConversation[]): Promise<void> {
  const columns = (of: (conversation: FilledConversation) => unknown) => conversations.map(of);
  const key = ({ people }: FilledConversation): string => [...people].sort().join(':');
  await run(
    `insert into conversations (id, kind, direct_key, created_by, created_at, last_activity_at, last_seq, rev)
     select id, 'direct', key, first, now() - interval '1 year', now() - interval '1 year' / (messages + 1), messages, messages + 1
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[]) with ordinality as c (id, key, first, messages, n)`,
    [columns(({ id }) => id), columns(key), columns(({ people }) => people[0]), columns(({ messages }) => messages)],
  );
  for (const side of [0, 1] as const) {
    await run(
      `insert into members (conversation_id, person_id, joined_at, read_seq, delivered_seq)
       select id, person, now() - interval '1 year', messages - unread, messages
       from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as c (id, person, messages, unread)`,
      [
        columns(({ id }) => id),
        columns(({ people }) => people[side]),
        columns(({ messages }) => messages),
        columns(({ messages, unread }) => (side === 0 ? Math.min(unread, messages) : 0)),
      ],
    );
  }
  await run(
    `insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at)
     select id, seq, ${idInSql(3, 'row_number() over (order by age desc, id)')},
       case when seq % 2 = 0 then first else second end, 'c' || seq, seq + 1, 'text', $4, now() - age * interval '1 year'
     from (
       select c.*, seq, 1 - seq::float8 / (messages + 1) as age
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $5::bigint[]) as c (id, first, second, messages)
       cross join lateral generate_series(1, messages) as seq
     ) as mixed
     order by age desc`,
    [
      columns(({ id }) => id),
      columns(({ people }) => people[0]),
      columns(({ people }) => people[1]),
      text,
      columns(({ messages }) => messages),
    ],
  );
  await run('analyze');
}

/** Makes people who never sign in. */
export async function fillPeople(run: Run, ids: readonly string[]): Promise<void> {
  await run(
    `insert into people (id, name, search, role, created_at)
     select id, 'Person ' || n, 'person ' || n, 'user', now() - interval '1 year'
     from unnest($1::uuid[]) with ordinality as p (id, n)`,
    [ids],
  );
}

/** Puts a group into the database; the first of the people owns it. */
export async function fillGroup(run: Run, group: { id: string; people: readonly string[] }): Promise<void> {
  await run(
    `insert into conversations (id, kind, title, search, created_by, created_at, last_activity_at, last_seq, rev, member_count)
     values ($1, 'group', 'Group', ' group', $2, now(), now(), 0, 1, $3)`,
    [group.id, group.people[0], group.people.length],
  );
  await run(
    `insert into members (conversation_id, person_id, role, joined_at)
     select $1, id, case when n = 1 then 'owner' else 'member' end, now()
     from unnest($2::uuid[]) with ordinality as p (id, n)`,
    [group.id, group.people],
  );
  await run('analyze');
}
