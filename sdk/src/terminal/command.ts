import type { Screen } from './screen.ts';

/** Something that can be done by a line that begins with a slash. */
export interface Command {
  readonly name: string;
  /**
   * What it takes, one word each, such as `N TEXT`. The last takes the rest of the line; `N` and `MINUTES` are whole
   * numbers; what is in `[]` may be missing, and is empty then.
   */
  readonly takes?: string;
  readonly help: string;
  run(screen: Screen, ...given: string[]): void | Promise<void>;
}

export type Parsed = { readonly command: Command; readonly given: string[] } | { readonly problem: string };

const numbers: ReadonlySet<string> = new Set(['N', 'MINUTES']);

/** Reads a line that begins with a slash. */
export function parseCommand(commands: readonly Command[], line: string): Parsed {
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const command = commands.find((each) => each.name === name.toLowerCase());
  if (!command) return { problem: `There is no /${name}. /help says what there is.` };
  const given = split(rest, takenBy(command));
  return given ? { command, given } : { problem: `It is: ${usageOf(command)}` };
}

/** What all commands do, a line each. */
export function helpOf(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => usageOf(command).length));
  return commands.map((command) => `  ${usageOf(command).padEnd(width)}  ${command.help}`).join('\n');
}

const usageOf = ({ name, takes }: Command): string => (takes ? `/${name} ${takes}` : `/${name}`);

const takenBy = ({ takes }: Command): string[] => takes?.split(' ') ?? [];

/** @returns null where it is not what is taken */
function split(text: string, taken: readonly string[]): string[] | null {
  const given: string[] = [];
  let rest = text;
  for (const [index, what] of taken.entries()) {
    const end = index === taken.length - 1 ? -1 : rest.search(/\s/);
    const word = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? '' : rest.slice(end).trimStart();
    if (word === '' && !what.startsWith('[')) return null;
    if (numbers.has(what) && !/^\d{1,6}$/.test(word)) return null;
    given.push(word);
  }
  return rest === '' ? given : null;
}
