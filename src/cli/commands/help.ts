import { type Command, UsageError } from '../command.ts';

/** Made from the list of the others. */
export function createHelp(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'Show the commands',
    usage: [''],
    options: {},
    async run({ print }) {
      const all = [...commands, help];
      const width = Math.max(...all.map(({ name }) => name.length));
      print('Usage: npm run parley -- <command> [options]');
      print('');
      for (const { name, summary } of all) print(`  ${name.padEnd(width)}  ${summary}`);
      print('');
      print('`<command> --help` says more. Commands read the same settings as the server, and while it runs on the');
      print('embedded database they work through it.');
      return 0;
    },
  };
  return help;
}

/** What one command takes. */
export function usageOf({ name, summary, usage }: Command): string {
  const [synopsis = '', ...more] = usage;
  return [`${summary}.`, '', `Usage: npm run parley -- ${`${name} ${synopsis}`.trim()}`, ...more].join('\n');
}

export function unknownCommand(words: readonly string[]): UsageError {
  return new UsageError(`There is no command ${JSON.stringify(words.join(' '))}. See \`npm run parley -- help\`.`);
}
