import { clearLine, cursorTo } from 'node:readline';
import { dim } from './plain-text.ts';

/** Prints above the line that is being typed. */
export function print(text: string): void {
  if (process.stdout.isTTY) {
    cursorTo(process.stdout, 0);
    clearLine(process.stdout, 0);
  }
  console.log(text);
}

/** Says what has happened, less loud. */
export const note = (text: string): void => print(dim(`   ${text}`));

/** Shows a line that the next one takes the place of; in a pipe nothing. */
export function progress(text: string): void {
  if (!process.stdout.isTTY) return;
  cursorTo(process.stdout, 0);
  clearLine(process.stdout, 0);
  process.stdout.write(dim(`   ${text}`));
}

/** Takes back the line that was entered last: something else is shown in its place. */
export function eraseEntered(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[1A\u001b[2K');
}
