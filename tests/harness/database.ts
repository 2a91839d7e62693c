import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
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

async function withServer<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 3_000 });
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

/** A fresh and empty PostgreSQL database that nobody else uses. `drop` also cuts the connections to it. */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `${prefix}${run()}_${randomBytes(6).toString('hex')}`;
  await withServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`));
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await withServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function testDatabases(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  return rows.map((row) => row.datname);
}

/** Names this run, then drops what earlier runs left behind: databases past the grace that no connection uses. */
export async function dropLeftovers(): Promise<void> {
  run();
  await withServer(async (client) => {
    for (const name of await testDatabases(client)) {
      const startedAt = Number.parseInt(name.slice(prefix.length), 36);
      if (Date.now() - startedAt < graceMs) continue;
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
