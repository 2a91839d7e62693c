import type pg from 'pg';
import type { Migration } from '../../../engine/ports/database.ts';
import type { Publish } from '../../../engine/shared/events.ts';
import { createPool } from '../connections.ts';
import { migrate } from '../migrate.ts';
import { PoolDatabase } from '../pool-database.ts';

/** The server cannot hold Parley's data. */
export class DatabaseUnsuitable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUnsuitable';
  }
}

/** Connections for what is written in batches: one for messages, one for receipts, and one for the check of readiness. */
const urgentConnections = 3;

export interface PostgresOptions {
  /** A `postgres:` connection string. */
  readonly url: string;
  /** null: the schema stays as it is found. */
  readonly migrations: readonly Migration[] | null;
  readonly publish: Publish;
  /** The most connections that this node keeps, besides {@link urgentConnections}. */
  readonly poolSize: number;
}

/**
 * Opens a PostgreSQL server, version 15 or newer, and brings its schema up to date.
 *
 * @throws DatabaseTooNew, DatabaseUnsuitable, or the driver's error where the server cannot be reached
 */
export async function openPostgresDatabase(options: PostgresOptions): Promise<PoolDatabase> {
  const settings = {
    connectionString: options.url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // a server that is gone without a word is noticed
    application_name: 'parley',
  };
  const pool = createPool({ ...settings, max: options.poolSize });
  try {
    const client = await pool.connect();
    try {
      await assertUsable(client);
      if (options.migrations) await migrate(client, options.migrations);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  const urgent = createPool({ ...settings, max: urgentConnections });
  return new PoolDatabase(pool, options.publish, { urgent });
}

async function assertUsable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string }>(
    "select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding",
  );
  const [found] = rows;
  if (Number(found?.version) < 150_000) throw new DatabaseUnsuitable('Parley needs PostgreSQL 15 or newer.');
  if (found?.encoding !== 'UTF8') throw new DatabaseUnsuitable('The database must have the encoding UTF8.');
}
