import { createInterface } from 'node:readline';
import { CommandError } from '../app/tasks/task.ts';

/** Asks for a password without showing it, or reads the first line where nobody is there to ask. */
export async function readPassword(login: string): Promise<string> {
  if (!process.stdin.isTTY) {
    for await (const line of createInterface({ input: process.stdin })) return line;
    return '';
  }
  process.stderr.write(`Password for ${login}: `);
  process.stdin.setRawMode(true).resume().setEncoding('utf8');
  try {
    let typed: string[] = [];
    for await (const chunk of process.stdin) {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return typed.join('');
        if (character === '\u0003' || character === '\u0004') throw new CommandError('Interrupted.');
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1);
        else typed.push(character);
      }
    }
    return typed.join('');
  } finally {
    process.stdin.setRawMode(false).pause();
    process.stderr.write('\n');
  }
}
