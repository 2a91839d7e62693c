import pg from 'pg';
import { EngineError } from '../../engine/shared/errors.ts';

const int8 = 20;

/** bigint as number: every counter of the schema stays far below 2^53. */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** Connections on which the driver has reported a failure of the connection itself. */
const broken = new WeakSet<pg.ClientBase>();

/**
 * How statements are planned: once, for any parameters, by index look-ups. Left to itself the planner plans short
 * statements anew each time, which costs more than running them, or keeps a plan with scans and hash joins that it made
 * while the tables were small. A statement whose plan must depend on its parameters has to say so in its text, as with
 * ranges instead of LIKE. Parallel workers and JIT only pay for reports.
 */
const planning = `
  set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off;
  set enable_mergejoin = off; set jit = off; set max_parallel_workers_per_gather = 0`;

/**
 * A pool of `pg` whose connections may be lost at any moment, in use or not: without a listener of their own, the
 * driver's `error` event would end the process.
 */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, types: typeParsers });
  pool.on('error', () => {}); // an idle connection was lost; the pool makes a new one when it is needed
  pool.on('connect', (client) => {
    client.on('error', () => broken.add(client));
    client.query(planning).catch(() => broken.add(client));
  });
  return pool;
}

/**
 * SQLSTATEs after which the server cannot serve now, whatever the statement was: classes 08 connection, 53 resources,
 * 57 operator intervention, 58 system, and 25006, a primary that has become a standby
 * (https://www.postgresql.org/docs/15/errcodes-appendix.html).
 */
const cannotServe = /^(08|53|57|58)|^25006$/;
/** Of these, those after which the connection is of no use. */
const endsConnection = /^(08|57P)|^25006$/;
/** serialization_failure and deadlock_detected: nothing was changed, and the same may well succeed now. */
const lostRace = /^(40001|40P01)$/;

function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

export function isLostRace(error: unknown): boolean {
  return error instanceof EngineError ? isLostRace(error.cause) : lostRace.test(sqlState(error));
}

function refusal(code: 'storage_unavailable' | 'overloaded', message: string, cause: unknown): EngineError {
  const error = new EngineError(code, message);
  error.cause = cause;
  return error;
}

const unavailable = (cause: unknown): EngineError =>
  refusal('storage_unavailable', 'The database cannot be reached. Try again shortly.', cause);

/**
 * A connection of the pool, as far as Kysely uses it. Errors are told apart here, where it is known that they come from
 * the driver: what a use case throws passes through untouched.
 */
export interface Connection {
  query(...query: unknown[]): Promise<pg.QueryResult>;
  /** @param discard it is in an unknown state, such as a transaction that could not be rolled back */
  release(discard?: boolean): void;
}

/**
 * Takes a connection from the pool. It is given back even after a statement has failed, unless the connection itself
 * is broken.
 *
 * @throws EngineError `storage_unavailable`
 */
export async function connect(pool: pg.Pool): Promise<Connection> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw unavailable(error);
  }
  return {
    async query(...query) {
      try {
        return await (client.query as (...all: unknown[]) => Promise<pg.QueryResult>)(...query);
      } catch (error) {
        const code = sqlState(error);
        if (endsConnection.test(code)) broken.add(client);
        if (broken.has(client) || cannotServe.test(code)) throw unavailable(error);
        if (lostRace.test(code))
          throw refusal('overloaded', 'Somebody else changes the same. Try again shortly.', error);
        throw error;
      }
    },
    release: (discard = false) => client.release(discard || broken.has(client)),
  };
}
