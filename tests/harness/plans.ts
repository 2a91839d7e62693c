import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KyselyPlugin } from 'kysely';
import { Pool } from 'pg';
import { expect } from 'vitest';
import { createPool } from '../../src/adapters/database/connections.ts';
import { PoolDatabase } from '../../src/adapters/database/pool-database.ts';
import { openPostgresDatabase } from '../../src/adapters/database/postgres/index.ts';
import { migrations } from '../../src/app/migrations.ts';
import type { Database, UnitOfWork } from '../../src/engine/ports/database.ts';
import { createDatabase } from './database.ts';

/** Ids of rows that are filled in by SQL: the same of a number in TypeScript and in SQL. */
export const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const sqlId = (n: string): string => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
export const messageIdOf = (n: number): string => `00000000-0000-7000-9000-${n.toString(16).padStart(12, '0')}`;
export const sqlMessageId = (n: string): string => `('00000000-0000-7000-9000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/**
 * A million messages of {@link conversations} conversations (`c`, from 1 on), the first of which has half of them. They stand
 * between each other's, as time mixes them.
 */
export const conversations = 200;
const total = 1_000_000;
export const inFirst = total / 2;
export const inOthers = Math.floor(total / 2 / (conversations - 1));
export const mixedMessages = `(
  select n, case when n % 2 = 0 then 1 else 2 + (n / 2) % ${conversations - 1} end as c,
    case when n % 2 = 0 then n / 2 + 1 else n / 2 / ${conversations - 1} + 1 end as seq
  from generate_series(0, ${total - 1}) as n
)`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that ran, and how. */
interface Explained {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Work whose statements are looked at. `database` runs everything inside `unit`, which is rolled back. */
export type Explainable = (unit: UnitOfWork, database: Database) => Promise<unknown>;

/**
 * What is looked at, the work, the rows that its statements bring together, and the most pages that they may touch, whatever
 * the tables hold.
 */
export type PlanCase = readonly [what: string, work: Explainable, rows: number, most: number];

export interface FilledDatabase {
  /** Prepared statements that ran, by name, and built ones, by the declaration that built them; see {@link declarations}. */
  readonly ran: ReadonlySet<string>;
  query(sql: string): Promise<unknown>;
  /** Runs the work as the server would, and expects only look-ups. */
  expectLookUps(work: Explainable, rows: number, most: number): Promise<void>;
  close(): Promise<void>;
}

const rolledBack = new Error('Rolled back.');

/**
 * A PostgreSQL database of its own, filled by SQL. `auto_explain` tells the plans with which the statements of the server
 * have really run; only a superuser may load it.
 *
 * @param parts run at the same time
 */
export async function fillDatabase(...parts: readonly string[]): Promise<FilledDatabase> {
  const place = await createDatabase();
  await (await openPostgresDatabase({ url: place.url, migrations, publish: () => {}, poolSize: 1 })).close();
  const pool = createPool({ connectionString: place.url, max: 1, idleTimeoutMillis: 0 });
  const explained: Explained[] = [];
  pool.on('connect', (client) =>
    client.on('notice', ({ message = '' }) => {
      if (message.startsWith('duration')) explained.push(JSON.parse(message.slice(message.indexOf('{'))));
    }),
  );
  await pool.query(`
    load 'auto_explain'; set auto_explain.log_min_duration = -1; set auto_explain.log_level = notice;
    set auto_explain.log_format = json; set auto_explain.log_analyze = on; set auto_explain.log_buffers = on;
    set auto_explain.log_timing = off`);
  const run = (sql: string) => pool.query(sql);
  await fillTables(place.url, parts);

  const database = new PoolDatabase(pool, () => {});
  const ran = new Set<string>();

  async function explain(work: Explainable): Promise<Explained[]> {
    explained.length = 0;
    await run('discard plans; set auto_explain.log_min_duration = 0');
    await database
      .write(async (real) => {
        const unit: UnitOfWork = {
          sql: real.sql.withPlugin(recordDeclarations(ran)) as UnitOfWork['sql'],
          prepared: (statement, values) => {
            ran.add(statement.name);
            return real.prepared(statement, values);
          },
          announce: () => {},
        };
        const whole: Database = {
          read: (read) => read(unit),
          write: (write) => write(unit),
          autocommit: (statement, values) => unit.prepared(statement, values),
          ping: async () => {},
          close: async () => {},
        };
        await work(unit, whole);
        throw rolledBack;
      })
      .catch((error: unknown) => {
        if (error !== rolledBack) throw error;
      });
    await run('set auto_explain.log_min_duration = -1');
    return explained.filter((one) => !one['Query Text'].startsWith('set auto_explain'));
  }

  return {
    ran,
    query: run,
    async expectLookUps(work, rows, most) {
      const statements = await explain(work);
      expect(statements).not.toEqual([]);
      const nodes = statements.flatMap(({ Plan }) => nodesOf(Plan));
      expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
      const sum = (value: (plan: PlanNode) => number) => statements.reduce((all, { Plan }) => all + value(Plan), 0);
      expect(sum((plan) => plan['Actual Rows'])).toBe(rows);
      expect(sum((plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'])).toBeLessThan(most);
    },
    async close() {
      await pool.end();
      await place.drop();
    },
  };
}

/** Fills tables, and makes their indexes afterwards because that is faster. Statistics come when the test wants them. */
async function fillTables(url: string, parts: readonly string[]): Promise<void> {
  const pool = new Pool({
    connectionString: url,
    max: 2,
    options:
      '-c synchronous_commit=off -c session_replication_role=replica -c maintenance_work_mem=256MB -c jit=off -c max_parallel_maintenance_workers=0',
  });
  const { rows: made } = await pool.query(`
    select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname as drop,
      'alter table ' || conrelid::regclass || ' add constraint ' || conname || ' ' || pg_get_constraintdef(oid) as make
    from pg_constraint its
    where connamespace = 'public'::regnamespace and contype in ('p', 'u')
      and not exists (select from pg_constraint where contype = 'f' and conindid = its.conindid)
    union all
    select 'drop index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace and not exists (select from pg_constraint where conindid = indexrelid)`);
  const { rows: tables } = await pool.query(`
    select 'alter table ' || oid::regclass || ' set (autovacuum_enabled = off)' as alter
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`);
  await pool.query([...tables.map((one) => one.alter), ...made.map((one) => one.drop)].join('; '));
  await Promise.all(parts.map((part) => pool.query(part)));
  await Promise.all(made.map((one) => pool.query(one.make)));
  await pool.end();
}

const engine = fileURLToPath(new URL('../../src/engine/', import.meta.url));

/** Notes which declaration of the engine built each statement that runs. It is on the stack, for that happens at once. */
const recordDeclarations = (ran: Set<string>): KyselyPlugin => ({
  transformQuery({ node }) {
    const place = /src\/engine\/([\w/-]+\.ts):(\d+)/.exec(new Error().stack ?? '');
    if (place) ran.add(declarationAt(place[1] as string, Number(place[2])));
    return node;
  },
  transformResult: async ({ result }) => result,
});

const linesOf = (file: string): string[] => readFileSync(engine + file, 'utf8').split('\n');

/** The file of the engine and the name of the outermost declaration around a line: `people/store.ts findPerson`. */
function declarationAt(file: string, line: number): string {
  const above = linesOf(file).slice(0, line).reverse();
  const name = above.map((text) => /^(?:export )?(?:async )?(?:function\*?|const) (\w+)/.exec(text)?.[1]).find(Boolean);
  return `${file} ${name}`;
}

/**
 * The names of all prepared statements of the engine, and the declarations that build statements which touch more than one row.
 * A name that is made of parts has `*` for what is put in.
 */
export function declaredStatements(): { readonly prepared: readonly string[]; readonly built: readonly string[] } {
  const files = readdirSync(engine, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const prepared = files.flatMap((file) => {
    const names = linesOf(file)
      .join('\n')
      .matchAll(/\bname: (?:\w+ \? )?(['`])(.+?)\1(?: : '(.+)')?,\s*text\b/g);
    return [...names].flatMap(([, , ...all]) => all.filter(Boolean).map((name) => name.replaceAll(/\$\{.+?\}/g, '*')));
  });
  const built = files.flatMap((file) =>
    linesOf(file).flatMap((line, n) => (/\.execute\(|\.limit\(/.test(line) ? [declarationAt(file, n + 1)] : [])),
  );
  return { prepared, built: [...new Set(built)] };
}
