import type { ParseArgsOptionsConfig } from 'node:util';
import type { TaskContext } from '../app/tasks/task.ts';
import type { Config } from '../config/index.ts';

/** What a command is given. */
export interface CommandContext extends Pick<TaskContext, 'print' | 'signal'> {
  /** The options that were given, as `options` names them. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** Read when it is asked for: `help` works whatever is configured. */
  readonly config: () => Config;
}

/** One command of `parley`. */
export interface Command {
  /** One word or two, as typed. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name, then what there is to know, line by line. */
  readonly usage: readonly string[];
  readonly options: ParseArgsOptionsConfig;
  /**
   * Does it. What it works with is imported here and not above: each command would load the database of all others.
   *
   * @returns the exit code
   */
  run(context: CommandContext): Promise<number>;
}

/** The command was called in a way that makes no sense. */
export class UsageError extends Error {}

/** The text of an option that has to be there. */
export function required(values: CommandContext['values'], name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is missing.`);
  return value;
}
