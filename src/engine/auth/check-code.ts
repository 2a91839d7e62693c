import type { UnitOfWork } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { hashCode, sameHash } from './secrets.ts';
import { deleteCode, spendAttempt } from './store.ts';

const messages = {
  code_expired: 'The code has expired or was used. Ask for a new one.',
  code_invalid: 'The code is wrong.',
  code_attempts_exceeded: 'Too many wrong codes. Ask for a new one.',
} as const;

/** Why a code is refused. One that is only wrong tells how many tries are left, in `details.attemptsLeft`. */
export class CodeRefusal extends EngineError {
  /** There is no code for the number. Not among the details: it may tell a door, and not a client, what is unknown. */
  readonly noCode: boolean;

  constructor(code: keyof typeof messages, facts: { attemptsLeft?: number; noCode?: boolean } = {}) {
    const { attemptsLeft, noCode = false } = facts;
    super(code, messages[code], { path: '/code', ...(attemptsLeft !== undefined && { attemptsLeft }) });
    this.noCode = noCode;
  }
}

/**
 * Uses up the code of a phone: it is good for one use, also where two arrive at once. A wrong code costs an attempt, so
 * the caller must let the unit of work commit and refuse afterwards.
 *
 * @param phone the value of its identity
 * @returns why it is refused, or null where it was right
 */
export async function checkCode(
  unit: UnitOfWork,
  deps: AuthDeps,
  phone: string,
  code: string,
): Promise<CodeRefusal | null> {
  const live = await spendAttempt(unit, phone);
  if (!live) return new CodeRefusal('code_expired', { noCode: true });
  if (live.attempts_left < 0) return new CodeRefusal('code_attempts_exceeded');
  if (live.expires_at.getTime() <= deps.clock.now()) return new CodeRefusal('code_expired');
  if (!sameHash(live.code_hash, hashCode(deps.keys.oneTimeCode, phone, code))) {
    return new CodeRefusal('code_invalid', { attemptsLeft: live.attempts_left });
  }
  await deleteCode(unit, phone);
  return null;
}
