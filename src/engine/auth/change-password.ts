import { lockPerson } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { AuthDeps } from './deps.ts';
import { assertPassword, limits } from './limits.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { announceRevoked } from './revoke-session.ts';
import { credentialsInvalid } from './sign-in-with-password.ts';
import { passwordHashOf, putPassword, revokeSessions } from './store.ts';

/**
 * Sets the actor's password and ends their other sessions. Who has one already must give it.
 *
 * @throws EngineError `credentials_invalid`, `password_too_weak`, `rate_limited`
 */
export const changePassword =
  (deps: AuthDeps) =>
  async (actor: Actor, input: { current?: string | undefined; next: string }): Promise<void> => {
    assertPassword(input.next, '/next');
    await deps.limiter.consume(limits.passwordPerLogin, actor.personId);
    const before = await deps.database.read((reader) => passwordHashOf(reader, actor.personId));
    if (before !== undefined && !(await verifyPassword(before, input.current ?? ''))) throw credentialsInvalid();
    const hash = await hashPassword(input.next);
    const done = await deps.database.write(async (unit) => {
      // A sign-in with the old password that is under way has either opened its session, which is ended below, or waits
      // here and is refused. Of two changes at once the second is refused.
      if (!(await lockPerson(unit, actor.personId, 'alone'))) return false;
      if ((await passwordHashOf(unit, actor.personId)) !== before) return false;
      const at = new Date(deps.clock.now());
      await putPassword(unit, actor.personId, hash, at);
      const which = { personId: actor.personId, except: actor.sessionId };
      announceRevoked(
        unit,
        actor.personId,
        await revokeSessions(unit, which, at, 'password_changed'),
        'password_changed',
      );
      return true;
    });
    if (!done) throw credentialsInvalid();
  };
