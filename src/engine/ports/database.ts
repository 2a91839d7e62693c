import type { Kysely, Transaction } from 'kysely';
import type { EngineEvent } from '../shared/events.ts';

/**
 * The tables, each declared by the feature that owns it:
 *
 *     declare module '../ports/database.ts' { interface Tables { people: PeopleTable } }
 */
// biome-ignore lint/suspicious/noEmptyInterface: features fill it by declaration merging
export interface Tables {}

/** A statement that is parsed and planned once a connection, for paths where that cost counts. */
export interface PreparedStatement {
  /** Unique among all statements of the program. */
  readonly name: string;
  readonly text: string;
}

/**
 * A PostgreSQL array of things that need no quotes (ids, numbers, names of kinds), as its text. The driver's own way
 * looks at each character of each element, which counts where a statement stores hundreds of rows.
 */
export const plainArray = (elements: readonly (string | number)[]): string => `{${elements.join(',')}}`;

/** Reads. Each statement sees its own snapshot. */
export interface Reader {
  readonly sql: Kysely<Tables>;
  /** Runs a prepared statement. bigint columns come back as numbers, timestamptz as Date. */
  prepared<Row>(statement: PreparedStatement, values: readonly unknown[]): Promise<Row[]>;
}

/** One transaction. All writes of a use case go through one; nothing in it may call the network. */
export interface UnitOfWork extends Reader {
  readonly sql: Transaction<Tables>;
  /** Publishes the event once, and only if, the transaction has committed. */
  announce(event: EngineEvent): void;
}

/**
 * SQL storage, PostgreSQL's dialect.
 *
 * Guarantees: when `write` or an `autocommit` statement resolves, its changes are durable: they survive a crash of the
 * process and a power cut. READ COMMITTED isolation. `write` rejects and changes nothing when its work throws.
 *
 * Concurrency: the embedded adapter has one connection, so a `read` or `write` inside another never gets one. Every
 * adapter refuses such nesting at once instead of waiting for ever.
 */
export interface Database {
  /** Runs reads outside of a transaction. */
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** Runs one transaction; it is not retried. */
  write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  /**
   * Runs one prepared statement as its own transaction, without the two round trips of BEGIN and COMMIT. Retried where
   * it loses a deadlock.
   */
  autocommit<Row>(statement: PreparedStatement, values: readonly unknown[]): Promise<Row[]>;
  /** Resolves when storage answers, rejects when it does not. */
  ping(): Promise<void>;
  /** Waits for running work, then releases everything. */
  close(): Promise<void>;
}

/** One forward-only step of the schema. `name` sorts after all earlier ones and is never changed once released. */
export interface Migration {
  readonly name: string;
  /** Plain SQL, run inside a transaction together with its entry in the list of applied migrations. */
  readonly sql: string;
}
