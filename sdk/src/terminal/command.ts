import type { Screen } from './screen.ts';

/** Something that can be done by a line that begins with a slash. */
export interface Command {
  readonly name: string;
  /**
   * What it takes, one word each, such as `N TEXT`. The last takes the rest of the line; `N` and `MINUTES` are whole
   * numbers; a `PATH` with blanks is put in quotes; what is in `[]` may be missing, and is empty then.
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
    const { word, length } = nextWord(rest, what, index === taken.length - 1);
    rest = rest.slice(length).trimStart();
    if (word === '' && !what.startsWith('[')) return null;
    if (numbers.has(what) && !/^\d{1,6}$/.test(word)) return null;
    given.push(word);
  }
  return rest === '' ? given : null;
}

/** What comes first in a text, or of the last all, and how much of the text it takes up. */
function nextWord(text: string, what: string, isLast: boolean): { word: string; length: number } {
  if (what.includes('PATH')) {
    // As terminals write it where a file is dropped on them.
    const [quoted, , inside] = /^(["'])(.+?)\1(?=\s|$)/.exec(text) ?? [];
    if (quoted && inside) return { word: inside, length: quoted.length };
    const [escaped = ''] = isLast ? [text] : (/^(?:\\\s|\S)+/.exec(text) ?? []);
    return { word: escaped.replace(/\\(\s)/g, '$1'), length: escaped.length };
  }
  const end = isLast ? -1 : text.search(/\s/);
  const word = end < 0 ? text : text.slice(0, end);
  return { word, length: word.length };
}
