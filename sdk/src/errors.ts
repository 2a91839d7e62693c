import type { ErrorCode } from './generated/protocol.ts';

/**
 * Why something was not done: a code of the server, or one of the client's own.
 * - `offline`: the server could not be reached, or did not answer in time.
 * - `signed_out`: it needs somebody who is signed in.
 * - `closed`: the client was closed before it was done.
 * - `discarded`: the message was taken out of the queue.
 */
export type ClientErrorCode = ErrorCode | 'offline' | 'signed_out' | 'closed' | 'discarded';

/** A refusal, by the server or by the client itself. */
export class ParleyError extends Error {
  /** Stable; meant for programs. */
  readonly code: ClientErrorCode;
  /** Facts by name, such as `retryAfter` in seconds. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ClientErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ParleyError';
    this.code = code;
    this.details = details;
  }
}

/** An error as the server words it. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const fromWire = ({ code, message, details }: WireError): ParleyError => new ParleyError(code, message, details);

/** What may be gone when the same is tried again. Everything else is final. */
const passing: ReadonlySet<ClientErrorCode> = new Set([
  'rate_limited',
  'overloaded',
  'shutting_down',
  'storage_unavailable',
  'internal',
  'unauthenticated',
  'token_expired',
  'session_revoked',
  'account_suspended',
  'offline',
  'signed_out',
]);

/** Whether it is worth trying again later, unchanged. An error that is not the server's word is no refusal. */
export const mayPass = (error: unknown): boolean => !(error instanceof ParleyError) || passing.has(error.code);

/** How long the server asks to wait, in milliseconds; 0 where it does not say. */
export function retryAfter(error: unknown): number {
  const { retryAfter: seconds } = error instanceof ParleyError ? error.details : {};
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
}
