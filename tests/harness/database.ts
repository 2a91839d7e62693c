import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { openPostgresDatabase } from '../../src/adapters/database/postgres/index.ts';
import { migrations } from '../../src/app/migrations.ts';
import { postgresUrl } from './service-urls.ts';

const prefix = 'parley_test_';
/** A database younger than this may belong to another run that has not connected to it yet. */
const graceMs = 10 * 60_000;
const inUse = '55006'; // object_in_use

/**
 * Names the run in the names of its databases, with its start first, so that a later run can tell leftovers from
 * databases in use. Set in the environment by the global setup, which the test processes inherit.
 */
const run = (): string => {
  process.env.PARLEY_TEST_RUN ??= `${Date.now().toString(36)}_${randomBytes(3).toString('hex')}`;
  return process.env.PARLEY_TEST_RUN;
};

async function withServer<Result>(use: (client: Client) => Promise<Result>, as?: string): Promise<Result> {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 3_000, application_name: as });
  // An error between two queries, as when the server goes away, must not end the process; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Rejects with the reason when no PostgreSQL answers. */
export async function pingPostgres(): Promise<void> {
  await withServer((client) => client.query('SELECT 1'));
}

/**
 * A PostgreSQL database that nobody else uses. `drop` also cuts the connections to it.
 *
 * @param template the database it is a copy of: the one of {@link createPostgresTemplate}, or else it is empty
 */
export async function createDatabase(
  template = 'template0',
): Promise<{ name: string; url: string; drop(): Promise<void> }> {
  const name = `${prefix}${run()}_${randomBytes(6).toString('hex')}`;
  await withServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'`));
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: async () => {
      await withServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/**
 * Makes an empty, migrated database to copy: copying it takes a fifth of the time of migrating. Goes with {@link dropOwn}.
 *
 * @returns its name
 */
export async function createPostgresTemplate(): Promise<string> {
  const { name, url } = await createDatabase();
  await (await openPostgresDatabase({ url, migrations, publish: () => {}, poolSize: 1 })).close();
  return name;
}

async function testDatabases(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  return rows.map((row) => row.datname);
}

/**
 * Names this run and says that it goes on, for as long as a connection is open: nobody is connected to a template.
 *
 * @returns says that it is over
 */
export async function announceRun(): Promise<() => Promise<void>> {
  const over = Promise.withResolvers<void>();
  const announced = Promise.withResolvers<void>();
  const said = withServer(() => {
    announced.resolve();
    return over.promise;
  }, `${prefix}${run()}`);
  await Promise.race([announced.promise, said]);
  return () => {
    over.resolve();
    return said;
  };
}

/** Drops what earlier runs left behind: databases past the grace that no connection uses, of runs that are over. */
export async function dropLeftovers(): Promise<void> {
  await withServer(async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT application_name AS name FROM pg_stat_activity');
    const goingOn = rows.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => `${name}_`);
    for (const name of await testDatabases(client)) {
      const startedAt = Number.parseInt(name.slice(prefix.length), 36);
      if (Date.now() - startedAt < graceMs || goingOn.some((run) => name.startsWith(run))) continue;
      // Without FORCE the server itself refuses when somebody is connected.
      await client.query(`DROP DATABASE IF EXISTS ${name}`).catch((error: { code?: string }) => {
        if (error.code !== inUse) throw error;
      });
    }
  });
}

/** Drops the databases of this run that a test did not drop, as after a failure. */
export async function dropOwn(): Promise<void> {
  await withServer(async (client) => {
    for (const name of await testDatabases(client)) {
      if (name.startsWith(`${prefix}${run()}_`)) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  });
}
