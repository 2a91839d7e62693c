import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database, PreparedStatement, Reader, Tables, UnitOfWork } from '../../engine/ports/database.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import type { EngineEvent, Publish } from '../../engine/shared/events.ts';

const int8 = 20;

/** bigint as number: every counter of the schema stays far below 2^53. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/**
 * SQLSTATE classes that say "the server cannot serve now" and not "this statement is wrong": 08 connection, 53
 * resources, 57 operator intervention, 58 system (https://www.postgresql.org/docs/15/errcodes-appendix.html). Errors of
 * the network carry no SQLSTATE.
 */
function isUnavailable(error: unknown): boolean {
  if (error instanceof EngineError) return false; // thrown by the work: the connection is as good as before
  const code = (error as { code?: unknown }).code;
  if (error instanceof pg.DatabaseError) return typeof code === 'string' && /^(08|53|57|58)/.test(code);
  return error instanceof Error && (typeof code === 'string' || /connection|timeout|ended|closed/i.test(error.message));
}

function translate(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  const translated = new EngineError('storage_unavailable', 'The database cannot be reached. Try again shortly.');
  translated.cause = error;
  return translated;
}

/** serialization_failure and deadlock_detected: nothing was changed, and the same statement may well succeed now. */
const lostRace = new Set(['40001', '40P01']);

/** {@link Database} over a pool of `pg` connections, whatever is at their other end. */
export class PoolDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #kysely: Kysely<Tables>;
  readonly #publish: Publish;
  readonly #inUse = new AsyncLocalStorage<true>();
  readonly #onClose: () => Promise<void>;

  /**
   * @param publish gets the events of each committed unit of work, in order
   * @param onClose runs after the pool has ended
   */
  constructor(pool: pg.Pool, publish: Publish, onClose: () => Promise<void> = async () => {}) {
    this.#pool = pool;
    this.#publish = publish;
    this.#onClose = onClose;
    this.#kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  }

  read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader: Reader = {
      sql: this.#kysely,
      prepared: (statement, values) => this.#onConnection((client) => run(client, statement, values)),
    };
    return this.#guarded(() => work(reader));
  }

  write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#guarded(async () => {
      const events: EngineEvent[] = [];
      const result = await this.#onConnection(async (client) => {
        // One pg client becomes a Kysely of its own, so that prepared statements and built ones share the transaction.
        const session = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: singleClientPool(client) }) });
        return session.transaction().execute((sql) =>
          work({
            sql,
            prepared: (statement, values) => run(client, statement, values),
            announce: (event) => events.push(event),
          }),
        );
      });
      for (const event of events) this.#publish(event);
      return result;
    });
  }

  async autocommit<Row>(statement: PreparedStatement, values: readonly unknown[]): Promise<Row[]> {
    this.#refuseNesting();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#onConnection((client) => run<Row>(client, statement, values));
      } catch (error) {
        if (attempt < 5 && lostRace.has(String((error as { code?: unknown }).code))) continue;
        throw translate(error);
      }
    }
  }

  async ping(): Promise<void> {
    await this.autocommit({ name: 'ping', text: 'select 1' }, []);
  }

  async close(): Promise<void> {
    await this.#kysely.destroy();
    await this.#onClose();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseNesting();
    try {
      return await this.#inUse.run(true, work);
    } catch (error) {
      throw translate(error);
    }
  }

  #refuseNesting(): void {
    if (this.#inUse.getStore()) {
      throw new Error('A read or write inside another would wait for its own connection. Pass the unit of work on.');
    }
  }

  /** Unlike `pool.query`, keeps the connection after an error of the statement itself. */
  async #onConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(isUnavailable(error));
      throw error;
    }
  }
}

async function run<Row>(
  client: pg.PoolClient,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await client.query({ name: statement.name, text: statement.text, values: values as unknown[] });
  return rows as Row[];
}

/** The little of a pool that Kysely uses, over one connection whose life is managed elsewhere. */
function singleClientPool(client: pg.PoolClient): pg.Pool {
  const borrowed = { query: client.query.bind(client), release: () => {} };
  return { connect: async () => borrowed, end: async () => {} } as unknown as pg.Pool;
}
