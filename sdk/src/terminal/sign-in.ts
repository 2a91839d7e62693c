import { type Client, ParleyError } from '../index.ts';
import { errorWords } from './error-words.ts';
import type { LineReader } from './line-reader.ts';

/**
 * Asks for phone, code and, of somebody new, a name, until somebody is signed in.
 *
 * @returns false where nothing more is typed
 */
export async function signIn(client: Client, lines: LineReader): Promise<boolean> {
  console.log('Sign in with your phone number, such as +15550100042.');
  while (!client.me) {
    const phone = await lines.ask('Phone: ');
    if (phone === null) return false;
    if (phone === '') continue;
    try {
      await client.requestCode(phone);
      console.log('A code was sent. (In development the server prints it: OTP for ...)');
      if (!(await enterCode(client, lines, phone))) return false;
    } catch (error) {
      console.log(errorWords(error));
    }
  }
  return enterName(client, lines);
}

/** Until the code is right, or another phone is to be asked for. @returns false where nothing more is typed */
async function enterCode(client: Client, lines: LineReader, phone: string): Promise<boolean> {
  while (!client.me) {
    const code = await lines.ask('Code (empty for another phone): ');
    if (code === null) return false;
    if (code === '') return true;
    try {
      await client.signInWithCode({ phone, code });
    } catch (error) {
      console.log(errorWords(error));
      if (!(error instanceof ParleyError) || error.code !== 'code_invalid') return true;
    }
  }
  return true;
}

async function enterName(client: Client, lines: LineReader): Promise<boolean> {
  while (client.me?.name === '') {
    const name = await lines.ask('You are new here. Your name: ');
    if (name === null) return false;
    if (name === '') continue;
    await client.updateProfile({ name }).catch((error: unknown) => console.log(errorWords(error)));
  }
  return true;
}
