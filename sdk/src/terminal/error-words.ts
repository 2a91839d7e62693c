import { ParleyError } from '../index.ts';

/** An error as a person reads it. */
export function errorWords(error: unknown): string {
  if (error instanceof ParleyError && error.code === 'offline') return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
