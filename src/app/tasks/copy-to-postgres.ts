/**
 * Moves an installation to an empty PostgreSQL: everything is read in one snapshot and written in one transaction, and
 * committed only if both sides then have the same rows. Values travel as PostgreSQL's own text, so that nothing loses
 * precision on the way through JavaScript (timestamps have microseconds), and in batches, so that memory stays the same
 * however much there is.
 */
import { sql, type Transaction } from 'kysely';
import { openPostgresDatabase } from '../../adapters/database/postgres/index.ts';
import type { Database, Tables } from '../../engine/ports/database.ts';
import { migrations } from '../migrations.ts';
import { CommandError, operatorMessage, type Task } from './task.ts';

type Db = Transaction<Tables>;

interface Column {
  readonly name: string;
  /** As a cast names it, such as `timestamp with time zone`. */
  readonly type: string;
}

interface Table {
  /** With its schema, quoted where needed. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Names of the tables that its foreign keys refer to. */
  readonly parents: readonly string[];
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly parent: string;
  readonly definition: string;
}

const batchRows = 500;
/** The schema's own list of what was done to it; migrating the target has written it already. */
const ownList = 'schema_migrations';

export const copyToPostgres: Task<{ url: string }, { rows: number }> = {
  name: 'copy',
  migrates: true,
  async run({ database, print, signal }, { url }) {
    const target = await openTarget(url);
    try {
      let rows = 0;
      await database.write(({ sql: from }) =>
        target.write(async ({ sql: to }) => {
          await sql`set transaction isolation level repeatable read, read only`.execute(from);
          for (const side of [from, to]) await writeExactly(side);
          const tables = await sameTables(from, to);
          await assertEmpty(to, tables);
          const ordered = parentsFirst(tables);
          const enable = await disableTriggers(from, to);
          const restore = await dropBackwardKeys(to, ordered);
          for (const table of ordered) {
            const count = await copyTable(from, to, table, signal);
            await assertSame(from, to, table);
            rows += count;
            print(`${table.name}: ${count} rows`);
          }
          await restore();
          await enable();
          await copySequences(from, to);
          signal.throwIfAborted();
        }),
      );
      return { rows };
    } catch (error) {
      if (signal.aborted) throw new CommandError('Interrupted. The target was left empty.', { cause: error });
      throw error;
    } finally {
      await target.close();
    }
  },
};

async function openTarget(url: string): Promise<Database> {
  try {
    return await openPostgresDatabase({ url, migrations, publish: () => {}, poolSize: 2 });
  } catch (error) {
    const message = operatorMessage(error);
    throw message === null ? error : new CommandError(`The target cannot be used: ${message}`, { cause: error });
  }
}

/** Makes both sides write and read values in the same words. */
async function writeExactly(db: Db): Promise<void> {
  for (const setting of [
    "datestyle = 'ISO, YMD'",
    "timezone = 'UTC'",
    "intervalstyle = 'postgres'",
    "bytea_output = 'hex'",
    'extra_float_digits = 1',
    'statement_timeout = 0',
    'idle_in_transaction_session_timeout = 0',
  ]) {
    await sql.raw(`set local ${setting}`).execute(db);
  }
}

/** All tables of the installation, whatever features made them. Partitions are read through their parent. */
async function tablesOf(db: Db): Promise<Table[]> {
  const { rows } = await sql<Table>`
    select c.oid::regclass::text as name,
      (select json_agg(json_build_object('name', quote_ident(attname), 'type', format_type(atttypid, atttypmod)) order by attname)
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      array(select distinct confrelid::regclass::text from pg_constraint
        where conrelid = c.oid and contype = 'f' order by 1) as parents
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relname <> ${ownList}
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
    order by 1`.execute(db);
  return rows;
}

async function sameTables(from: Db, to: Db): Promise<Table[]> {
  const tables = await tablesOf(from);
  const there = new Map((await tablesOf(to)).map((table) => [table.name, table]));
  for (const table of tables) {
    const found = there.get(table.name);
    if (JSON.stringify(found?.columns) !== JSON.stringify(table.columns)) {
      throw new CommandError(`The table ${table.name} is ${found ? 'different' : 'missing'} in the target.`);
    }
  }
  return tables;
}

async function assertEmpty(to: Db, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    // Nobody else writes until the end, such as a server that was started too early, or a second copy.
    await sql.raw(`lock table ${name} in share row exclusive mode`).execute(to);
    const { rows } = await sql.raw(`select 1 from ${name} limit 1`).execute(to);
    if (rows.length > 0) {
      throw new CommandError(`The target is not empty: ${name} has rows. Copy to a new database. Nothing was changed.`);
    }
  }
}

/** Orders tables so that a row's parents are there before it, as far as the keys form no cycle. */
function parentsFirst(tables: readonly Table[]): Table[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<Table>();
  const visiting = new Set<Table>();
  const visit = (table: Table): void => {
    if (ordered.has(table) || visiting.has(table)) return;
    visiting.add(table);
    for (const parent of table.parents) {
      const found = byName.get(parent);
      if (found) visit(found);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}

/**
 * Takes away the foreign keys that no order of tables satisfies: those of a table to itself, and those that close a
 * cycle. All inside the transaction.
 *
 * @returns puts them back, which checks all rows
 */
async function dropBackwardKeys(to: Db, ordered: readonly Table[]): Promise<() => Promise<void>> {
  const place = new Map(ordered.map(({ name }, index) => [name, index]));
  const { rows } = await sql<ForeignKey>`
    select conrelid::regclass::text as table, quote_ident(conname) as name, confrelid::regclass::text as parent,
      pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and conparentid = 0 order by 1, 2`.execute(to);
  const backward = rows.filter(({ table, parent }) => {
    const own = place.get(table);
    return own !== undefined && (place.get(parent) ?? 0) >= own;
  });
  for (const { table, name } of backward) await sql.raw(`alter table ${table} drop constraint ${name}`).execute(to);
  return async () => {
    for (const { table, name, definition } of backward) {
      await sql.raw(`alter table ${table} add constraint ${name} ${definition}`).execute(to);
    }
  };
}

/**
 * Turns the installation's own triggers off: what they have written is copied as it is. Others that the target has stay on.
 *
 * @returns turns them on again
 */
async function disableTriggers(from: Db, to: Db): Promise<() => Promise<void>> {
  const { rows } = await sql<{ table: string; name: string }>`
    select tgrelid::regclass::text as table, quote_ident(tgname) as name
    from pg_trigger where not tgisinternal order by 1, 2`.execute(from);
  const set = async (what: 'disable' | 'enable'): Promise<void> => {
    for (const { table, name } of rows) await sql.raw(`alter table ${table} ${what} trigger ${name}`).execute(to);
  };
  await set('disable');
  return () => set('enable');
}

async function copyTable(from: Db, to: Db, { name, columns }: Table, signal: AbortSignal): Promise<number> {
  const names = columns.map((column) => column.name).join(', ');
  const asText = columns.map((column, i) => `${column.name}::text as c${i}`).join(', ');
  const typed = columns.map((column, i) => `c${i}::${column.type}`).join(', ');
  const aliases = columns.map((_, i) => `c${i}`).join(', ');
  await sql.raw(`declare copying no scroll cursor for select ${asText} from ${name}`).execute(from);
  let count = 0;
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await sql.raw<Record<string, string | null>>(`fetch ${batchRows} from copying`).execute(from);
    if (rows.length === 0) break;
    const values = sql.join(columns.map((_, i) => sql`${rows.map((row) => row[`c${i}`] ?? null)}::text[]`));
    await sql`insert into ${sql.raw(name)} (${sql.raw(names)}) overriding system value
      select ${sql.raw(typed)} from unnest(${values}) as rows (${sql.raw(aliases)})`.execute(to);
    count += rows.length;
  }
  await sql.raw('close copying').execute(from);
  return count;
}

/** Compares the number of rows and the sum of a digest of each. */
async function assertSame(from: Db, to: Db, { name, columns }: Table): Promise<void> {
  const row = columns.map((column) => `${column.name}::text`).join(', ');
  const digest = sql.raw<{ count: string; sum: string | null }>(`
    select count(*)::text as count,
      sum(('x' || encode(substr(sha256(convert_to(row(${row})::text, 'UTF8')), 1, 7), 'hex'))::bit(56)::bigint)::text as sum
    from ${name}`);
  const [here, there] = [(await digest.execute(from)).rows[0], (await digest.execute(to)).rows[0]];
  if (here?.count !== there?.count || here?.sum !== there?.sum) {
    throw new CommandError(`The copy of ${name} differs from the original. The target was left empty.`);
  }
}

async function copySequences(from: Db, to: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, sequencename) as name from pg_sequences
    where schemaname !~ '^pg_' order by 1`.execute(from);
  for (const { name } of rows) {
    const state = await sql
      .raw<{ last: string; called: boolean }>(`select last_value::text as last, is_called as called from ${name}`)
      .execute(from);
    const [{ last, called } = { last: '1', called: false }] = state.rows;
    await sql`select setval(${name}::regclass, ${last}::bigint, ${called}::boolean)`.execute(to);
  }
}
