import type { UnitOfWork } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { hashCode, sameHash } from './secrets.ts';
import { deleteCode, spendAttempt } from './store.ts';

/** Why a code is refused. */
export type CodeFailure = 'code_expired' | 'code_invalid' | 'code_attempts_exceeded';

/**
 * Uses up the code of a phone: it is good for one sign-in, also where two arrive at once. A wrong code costs an attempt,
 * so the caller must let the unit of work commit and refuse afterwards.
 *
 * @returns why it is refused, or null where it was right
 */
export async function checkCode(
  unit: UnitOfWork,
  deps: AuthDeps,
  phone: string,
  code: string,
): Promise<CodeFailure | null> {
  const live = await spendAttempt(unit, phone);
  if (!live || live.expires_at.getTime() <= deps.clock.now()) return 'code_expired';
  if (live.attempts_left < 0) return 'code_attempts_exceeded';
  if (!sameHash(live.code_hash, hashCode(deps.keys.oneTimeCode, phone, code))) return 'code_invalid';
  await deleteCode(unit, phone);
  return null;
}

export function codeRefused(failure: CodeFailure): EngineError {
  const messages: Record<CodeFailure, string> = {
    code_expired: 'The code has expired or was used. Ask for a new one.',
    code_invalid: 'The code is wrong.',
    code_attempts_exceeded: 'Too many wrong codes. Ask for a new one.',
  };
  return new EngineError(failure, messages[failure], { path: '/code' });
}
