import { createPerson, emailIdentity, usernameIdentity } from '../people/index.ts';
import { EngineError } from '../shared/errors.ts';
import type { AuthDeps } from './deps.ts';
import { assertPassword, limits } from './limits.ts';
import { openSession, type SignedIn, type SignInContext } from './open-session.ts';
import { hashPassword } from './passwords.ts';
import { putPassword } from './store.ts';

export interface Registration {
  readonly name: string;
  readonly password: string;
  /** One of the two, or both. */
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/**
 * Makes an account with a password and signs in.
 *
 * @throws EngineError `invalid_request`, `password_too_weak`, `identity_taken`, `rate_limited`
 */
export const registerWithPassword =
  (deps: AuthDeps) =>
  async (input: Registration, context: SignInContext): Promise<SignedIn> => {
    const identities = [
      ...(input.email === undefined ? [] : [{ ...emailIdentity(input.email), verified: false }]),
      ...(input.username === undefined ? [] : [{ ...usernameIdentity(input.username), verified: true }]),
    ];
    if (identities.length === 0) {
      throw new EngineError('invalid_request', 'Give an e-mail address or a username.', { path: '/email' });
    }
    const name = input.name.trim();
    if (name === '') throw new EngineError('invalid_request', 'A name cannot be empty.', { path: '/name' });
    assertPassword(input.password);
    await deps.limiter.consume(limits.registerPerIp, context.origin.ip);
    const hash = await hashPassword(input.password);
    return deps.database.write(async (unit) => {
      const person = await createPerson(unit, deps.clock, {
        name,
        username: input.username ?? null,
        role: 'user',
        identities,
      });
      await putPassword(unit, person.id, hash, new Date(deps.clock.now()));
      return { ...(await openSession(unit, deps, person, 'password', context)), isNew: true };
    });
  };
