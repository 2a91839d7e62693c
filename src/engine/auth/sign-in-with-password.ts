import {
  accountSuspended,
  findIdentity,
  findPerson,
  type Identity,
  isSuspended,
  lockPerson,
  loginIdentity,
} from '../people/index.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';
import { openSession, type SignedIn, type SignInContext, signInRow } from './open-session.ts';
import { verifyPassword } from './passwords.ts';
import { insertSignIn, passwordHashOf } from './store.ts';

/**
 * Signs in by e-mail address, username or phone number, and password. The refusal does not tell which was wrong, nor
 * that the account is suspended unless both were right.
 *
 * @throws EngineError `credentials_invalid`, `account_suspended`, `rate_limited`
 */
export const signInWithPassword =
  (deps: AuthDeps) =>
  async (input: { login: string; password: string }, context: SignInContext): Promise<SignedIn> => {
    await deps.limiter.consume(limits.passwordPerIp, context.origin.ip);
    const identity = tryIdentity(input.login);
    if (!identity) {
      await verifyPassword(undefined, input.password);
      throw credentialsInvalid();
    }
    const key = `${identity.kind}:${identity.value}`;
    await deps.limiter.consume(limits.passwordPerLogin, key);
    const account = await deps.database.read(async (reader) => {
      const found = await findIdentity(reader, identity);
      return found && { personId: found.person_id, hash: await passwordHashOf(reader, found.person_id) };
    });
    const right = await verifyPassword(account?.hash, input.password);
    if (!account) throw credentialsInvalid();
    const outcome = await deps.database.write(async (unit) => {
      // Read again: the password may have been changed, or the account deleted, while the hash was computed.
      const live = await lockPerson(unit, account.personId, 'shared');
      const person = await findPerson(unit, account.personId);
      const current = await passwordHashOf(unit, account.personId);
      const known = right && live && person !== undefined && current === account.hash;
      const suspended = known && isSuspended(person, deps.clock.now());
      if (known && !suspended) return openSession(unit, deps, person, 'password', context);
      const refusal = suspended ? accountSuspended(person) : credentialsInvalid();
      const row = signInRow(deps, account.personId, 'password', context);
      await insertSignIn(unit, { ...row, succeeded: false, failure: refusal.code });
      return refusal;
    });
    if (outcome instanceof EngineError) throw outcome;
    await deps.limiter.reset(limits.passwordPerLogin, key);
    return { ...outcome, isNew: false };
  };

function tryIdentity(login: string): Identity | null {
  try {
    const { kind, value } = loginIdentity(login.trim());
    return { kind, value };
  } catch {
    return null;
  }
}

export const credentialsInvalid = (): EngineError =>
  new EngineError('credentials_invalid', 'The login or the password is wrong.');
