import type { Interface } from 'node:readline/promises';
import { type Client, ParleyError } from '../index.ts';

/** Asks for phone, code and, of somebody new, a name, until somebody is signed in. */
export async function signIn(client: Client, lines: Interface): Promise<void> {
  console.log('Sign in with your phone number, such as +15550100042.');
  while (!client.me) {
    const phone = (await lines.question('Phone: ')).trim();
    if (phone === '') continue;
    try {
      await client.requestCode(phone);
      console.log('A code was sent. (In development the server prints it: OTP for ...)');
      await enterCode(client, lines, phone);
    } catch (error) {
      console.log(wordsOf(error));
    }
  }
}

async function enterCode(client: Client, lines: Interface, phone: string): Promise<void> {
  while (!client.me) {
    const code = (await lines.question('Code (empty for another phone): ')).trim();
    if (code === '') return;
    try {
      await client.signInWithCode({ phone, code });
    } catch (error) {
      console.log(wordsOf(error));
      if (!(error instanceof ParleyError) || error.code !== 'code_invalid') return;
    }
  }
  while (client.me?.name === '') {
    const name = (await lines.question('You are new here. Your name: ')).trim();
    if (name === '') continue;
    await client.updateProfile({ name }).catch((error: unknown) => console.log(wordsOf(error)));
  }
}

/** An error as a person reads it. */
export function wordsOf(error: unknown): string {
  if (error instanceof ParleyError && error.code === 'offline') return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
