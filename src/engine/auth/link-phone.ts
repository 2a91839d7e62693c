import {
  claimIdentity,
  findIdentity,
  identityTaken,
  lockNewPhone,
  type PhoneIdentity,
  personNotFound,
} from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { checkCode } from './check-code.ts';
import type { AuthDeps } from './deps.ts';
import { limits } from './limits.ts';

/**
 * Adds a phone number to the actor's account, proved by a code that was sent to it.
 *
 * @throws EngineError `identity_taken`, and what {@link checkCode} refuses
 */
export const linkPhone =
  (deps: AuthDeps) =>
  async (actor: Actor, { phone, code }: { phone: PhoneIdentity; code: string }): Promise<void> => {
    await deps.limiter.consume(limits.verifyPerPhone, phone.value);
    const failure = await deps.database.write(async (unit) => {
      const refused = await checkCode(unit, deps, phone.value, code);
      if (refused !== null) return refused;
      // An account that is being deleted at this moment must not keep the number from its owner for ever.
      if (!(await lockNewPhone(unit, phone.value, actor.personId))) throw personNotFound();
      const now = new Date(deps.clock.now());
      const identity = {
        kind: phone.kind,
        value: phone.value,
        personId: actor.personId,
        verifiedAt: now,
        createdAt: now,
      };
      if (await claimIdentity(unit, identity)) return null;
      if ((await findIdentity(unit, phone))?.person_id === actor.personId) return null;
      return 'identity_taken' as const;
    });
    if (failure === 'identity_taken') throw identityTaken('phone');
    if (failure !== null) throw failure;
  };
