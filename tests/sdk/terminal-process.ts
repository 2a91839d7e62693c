import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { environmentOf } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

const chat = fileURLToPath(new URL('../../sdk/src/terminal/chat.ts', import.meta.url));

/** The terminal client as a process, and somebody at its keyboard. */
export interface Terminal {
  /** Enters a line. */
  say(line: string): void;
  /** Waits for what is shown after all that was waited for before. @returns what is in the first group */
  sees(pattern: RegExp): Promise<string>;
  /** Everything that was shown. */
  readonly shown: string;
  /** Nothing more is typed. */
  hangUp(): void;
  /** Its exit code, and what it wrote to standard error. */
  ended(): Promise<{ code: number | null; errors: string }>;
  kill(): void;
}

export function startTerminal(url: string, stateDirectory: string, profile: string): Terminal {
  const args = ['--disable-warning=ExperimentalWarning', chat, '--url', url, '--state', stateDirectory];
  const child = spawn(process.execPath, [...args, '--profile', profile], { env: environmentOf() });
  const closed = once(child, 'close');
  let [output, errors, seen] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += stripVTControlCharacters(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.on('error', () => {}); // it may end without reading
  return {
    say: (line) => child.stdin.write(`${line}\n`),
    async sees(pattern) {
      const found = (): RegExpExecArray | null => pattern.exec(output.slice(seen));
      const what = (): string =>
        `${profile} sees ${pattern}, after\n${output.slice(0, seen)}\n---\n${output.slice(seen)}${errors}`;
      await until(what, () => found() !== null);
      const match = found() as RegExpExecArray;
      seen += match.index + match[0].length;
      return match[1] ?? '';
    },
    get shown() {
      return output;
    },
    hangUp: () => child.stdin.end(),
    async ended() {
      const [code] = (await closed) as [number | null];
      return { code, errors };
    },
    kill: () => child.kill('SIGKILL'),
  };
}
