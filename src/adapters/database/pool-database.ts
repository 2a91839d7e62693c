import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type pg from 'pg';
import type { Database, PreparedStatement, Reader, Tables, UnitOfWork } from '../../engine/ports/database.ts';
import type { EngineEvent, Publish } from '../../engine/shared/events.ts';
import { type Connection, connect, isLostRace } from './connections.ts';

/** How often an autocommit statement that loses a race is tried. */
const attempts = 5;

/** {@link Database} over a pool of `pg` connections, whatever is at their other end. */
export class PoolDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #urgent: pg.Pool;
  readonly #kysely: Kysely<Tables>;
  readonly #publish: Publish;
  /** The read or write that runs around the current call. What outlives it, such as a timer, must not count. */
  readonly #around = new AsyncLocalStorage<{ running: boolean }>();
  readonly #closing: { before?: () => Promise<void>; after?: () => Promise<void> };

  /**
   * @param pool made by `createPool`
   * @param publish gets the events of each committed unit of work, in order
   * @param options.urgent another pool for `autocommit`, so that messages do not queue behind everything else; the same
   *   if not given
   * @param options.before runs before the pool ends
   * @param options.after runs after it
   */
  constructor(
    pool: pg.Pool,
    publish: Publish,
    options: { urgent?: pg.Pool; before?: () => Promise<void>; after?: () => Promise<void> } = {},
  ) {
    this.#pool = pool;
    this.#urgent = options.urgent ?? pool;
    this.#publish = publish;
    this.#closing = options;
    this.#kysely = kyselyOver({ connect: () => connect(pool), end: () => pool.end() });
  }

  read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader: Reader = {
      sql: this.#kysely,
      prepared: (statement, values) => this.#onConnection((connection) => run(connection, statement, values)),
    };
    return this.#alone(() => work(reader));
  }

  async write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const events: EngineEvent[] = [];
    const result = await this.#alone(() =>
      this.#onConnection((connection, discard) => {
        // One connection becomes a Kysely of its own, so that prepared statements and built ones share the transaction.
        const release = (spoiled = false): void => (spoiled ? discard() : undefined);
        const session = kyselyOver({ connect: async () => ({ ...connection, release }), end: async () => {} });
        return session.transaction().execute((sql) =>
          work({
            sql,
            prepared: (statement, values) => run(connection, statement, values),
            announce: (event) => events.push(event),
          }),
        );
      }),
    );
    for (const event of events) this.#publish(event);
    return result;
  }

  async autocommit<Row>(statement: PreparedStatement, values: readonly unknown[]): Promise<Row[]> {
    this.#refuseNesting();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#onConnection((connection) => run<Row>(connection, statement, values), this.#urgent);
      } catch (error) {
        if (attempt === attempts || !isLostRace(error)) throw error;
      }
    }
  }

  async ping(): Promise<void> {
    await this.autocommit({ name: 'ping', text: 'select 1' }, []);
  }

  async close(): Promise<void> {
    await this.#closing.before?.();
    await this.#kysely.destroy();
    // Kysely ends a pool only if it has used it.
    for (const pool of [this.#pool, this.#urgent]) if (!pool.ending) await pool.end();
    await this.#closing.after?.();
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseNesting();
    const around = { running: true };
    try {
      return await this.#around.run(around, work);
    } finally {
      around.running = false;
    }
  }

  #refuseNesting(): void {
    if (this.#around.getStore()?.running) {
      throw new Error('A read or write inside another would wait for its own connection. Pass the unit of work on.');
    }
  }

  async #onConnection<T>(
    work: (connection: Connection, discard: () => void) => Promise<T>,
    pool = this.#pool,
  ): Promise<T> {
    const connection = await connect(pool);
    let spoiled = false;
    try {
      return await work(connection, () => {
        spoiled = true;
      });
    } finally {
      connection.release(spoiled);
    }
  }
}

async function run<Row>(
  connection: Connection,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await connection.query({ name: statement.name, text: statement.text, values });
  return rows as Row[];
}

function kyselyOver(pool: { connect(): Promise<Connection>; end(): Promise<void> }): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }) });
}
