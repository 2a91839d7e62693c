/** The command line of an installation. Exit codes: 0 done, 1 failed (or `doctor` found a problem), 2 wrong usage. */
import { parseArgs } from 'node:util';
import { operatorMessage } from '../app/tasks/task.ts';
import { environment, loadConfig } from '../config/index.ts';
import { type Command, UsageError } from './command.ts';
import { copy } from './commands/copy.ts';
import { doctor } from './commands/doctor.ts';
import { createHelp, unknownCommand, usageOf } from './commands/help.ts';
import { media } from './commands/media.ts';
import { migrate } from './commands/migrate.ts';
import { userCreate } from './commands/user-create.ts';

const listed: readonly Command[] = [migrate, userCreate, copy, media, doctor];
const commands: readonly Command[] = [...listed, createHelp(listed)];

const interrupted = new AbortController();
// Once: a second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

async function main(args: readonly string[]): Promise<number> {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const name = words.join(' ') || 'help';
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw unknownCommand(words);
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
  const { values } = parseArgs({ args: args.slice(words.length), options, strict: true });
  if (values.help && command.name !== 'help') {
    console.log(usageOf(command));
    return 0;
  }
  return command.run({
    values: values as Record<string, string | boolean | undefined>,
    config: () => loadConfig(environment),
    print: (line) => console.log(line),
    signal: interrupted.signal,
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage =
    error instanceof UsageError || (error as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS');
  if (usage) console.error((error as Error).message);
  else console.error(operatorMessage(error) ?? (interrupted.signal.aborted ? 'Interrupted.' : error));
  process.exitCode = usage ? 2 : 1;
}
