import { sql } from 'kysely';
import type { Reader } from '../../engine/ports/database.ts';
import { type Finding, ok, problem, warning } from '../finding.ts';
import { migrations } from '../migrations.ts';
import type { Task } from './task.ts';

/** Looks at the database, and changes nothing. */
export const inspectDatabase: Task<{ embedded: boolean; poolSize: number }, readonly Finding[]> = {
  name: 'inspect-database',
  migrates: false,
  run: ({ database }, { embedded, poolSize }) =>
    database.read(async (reader) => [
      ...(await server(reader, embedded, poolSize)),
      await schema(reader),
      await trigrams(reader),
      await clock(reader),
    ]),
};

async function server(reader: Reader, embedded: boolean, poolSize: number): Promise<Finding[]> {
  const { rows } = await sql<{ version: string; number: string; encoding: string; most: string; reserved: string }>`
    select current_setting('server_version') as version, current_setting('server_version_num') as number,
      current_setting('server_encoding') as encoding, current_setting('max_connections') as most,
      current_setting('superuser_reserved_connections') as reserved`.execute(reader.sql);
  const [found] = rows;
  if (!found) return [];
  const { version, number, encoding } = found;
  const shown = `PostgreSQL ${version}${embedded ? ', embedded' : ''}, ${encoding}`;
  const findings = [
    Number(number) < 150_000
      ? problem('database', shown, 'Use PostgreSQL 15 or newer.')
      : encoding !== 'UTF8'
        ? problem('database', shown, "Make the database with ENCODING 'UTF8' TEMPLATE template0.")
        : ok('database', shown),
  ];
  const room = Number(found.most) - Number(found.reserved);
  if (!embedded && poolSize > room) {
    findings.push(
      problem(
        'connections',
        `PARLEY_DATABASE_POOL is ${poolSize}, the server takes ${room} connections in all`,
        'Lower it, or raise max_connections of PostgreSQL.',
      ),
    );
  } else if (!embedded && poolSize > room / 2) {
    findings.push(
      warning(
        'connections',
        `PARLEY_DATABASE_POOL is ${poolSize} of ${room} connections of the server`,
        'More than one node will not fit. Lower it, or raise max_connections of PostgreSQL.',
      ),
    );
  }
  return findings;
}

async function schema({ sql: db }: Reader): Promise<Finding> {
  const { rows: tables } = await sql<{
    present: boolean;
  }>`select to_regclass('schema_migrations') is not null as present`.execute(db);
  const names = tables[0]?.present
    ? (await sql<{ name: string }>`select name from schema_migrations order by name`.execute(db)).rows
    : [];
  const present = new Set(names.map(({ name }) => name));
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...present].filter((name) => !known.has(name));
  const pending = [...known].filter((name) => !present.has(name));
  if (unknown.length > 0) {
    return problem(
      'schema',
      `made by a newer Parley: ${unknown.join(', ')}`,
      'Start that version; there is no way back.',
    );
  }
  if (pending.length > 0) {
    return warning(
      'schema',
      `${pending.length} migrations pending: ${pending.join(', ')}`,
      'The next start applies them, or `npm run migrate` does.',
    );
  }
  return ok('schema', `up to date, ${present.size} migrations`);
}

async function trigrams(reader: Reader): Promise<Finding> {
  const { rows } = await sql<{ installed: boolean; allowed: boolean }>`
    select installed_version is not null as installed,
      has_database_privilege(current_database(), 'CREATE') as allowed
    from pg_available_extensions where name = 'pg_trgm'`.execute(reader.sql);
  const [found] = rows;
  if (!found) {
    return problem('pg_trgm', 'the extension is not there', "Install PostgreSQL's contrib package on the server.");
  }
  if (found.installed) return ok('pg_trgm', 'installed');
  return found.allowed
    ? ok('pg_trgm', 'can be installed')
    : problem('pg_trgm', 'may not be installed by this role', 'Run `create extension pg_trgm` as the owner, once.');
}

const skewWarning = 2;
const skewProblem = 30;

async function clock(reader: Reader): Promise<Finding> {
  const before = Date.now();
  const { rows } = await sql<{ now: string }>`
    select (extract(epoch from clock_timestamp()) * 1000)::text as now`.execute(reader.sql);
  const here = (before + Date.now()) / 2;
  const skew = Math.abs(Number(rows[0]?.now) - here) / 1_000;
  const text = `${skew.toFixed(1)} s apart from the database`;
  if (skew < skewWarning) return ok('clock', text);
  const remedy = 'Let both machines follow the same time server (NTP).';
  return skew < skewProblem ? warning('clock', text, remedy) : problem('clock', text, remedy);
}
