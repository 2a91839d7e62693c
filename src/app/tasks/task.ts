import type { Auth } from '../../engine/auth/index.ts';
import type { Database } from '../../engine/ports/database.ts';

/** What a task works on. */
export interface TaskContext {
  readonly database: Database;
  readonly auth: Auth;
  /** Shows a line to the operator, at once. */
  readonly print: (line: string) => void;
  /** The operator does not wait for it any more: stop, and change nothing. */
  readonly signal: AbortSignal;
}

/**
 * Something that an operator has done to the installation's data. It runs in the process that holds the database: in
 * that of the command, or in the running server, where its input and result travel as JSON.
 */
export interface Task<Input, Result> {
  readonly name: string;
  /** Whether the schema must be up to date for it. If not, it finds the database as it is. */
  readonly migrates: boolean;
  run(context: TaskContext, input: Input): Promise<Result>;
}

/** A task or a command cannot do what it was asked. The message says why, and is all that the operator needs. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** Errors whose message is all that an operator needs; a stack would only hide it. */
const plain = new Set([
  'CommandError',
  'ConfigError',
  'DirectoryInUse',
  'DatabaseTooNew',
  'DatabaseUnsuitable',
  'EngineError',
]);

/** What to tell an operator of an error that is no fault of the program; null for one that is. */
export function operatorMessage(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // A refused connection to a name with several addresses.
  if (error instanceof AggregateError && error.errors.length > 0) return operatorMessage(error.errors[0]);
  if (error.name === 'EngineError' && error.cause !== undefined) {
    const cause = operatorMessage(error.cause);
    if (cause !== null) return `${error.message} (${cause})`;
  }
  const { code, syscall, severity } = error as { code?: unknown; syscall?: unknown; severity?: unknown };
  const fromSystem = typeof code === 'string' && syscall !== undefined;
  // FATAL: the server refused the connection, for its name, password or database.
  const fromPostgres = severity === 'FATAL' || /^(connection terminated|timeout expired)/i.test(error.message);
  return plain.has(error.name) || fromSystem || fromPostgres ? error.message : null;
}
