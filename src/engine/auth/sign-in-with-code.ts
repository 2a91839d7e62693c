import {
  accountSuspended,
  createPerson,
  findIdentity,
  findPerson,
  isSuspended,
  lockPerson,
  markVerified,
  type PhoneIdentity,
} from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import { type CodeRefusal, checkCode } from './check-code.ts';
import type { AuthDeps } from './deps.ts';
import { type CodeRules, limits } from './limits.ts';
import { openSession, type SignedIn, type SignInContext, signInRow } from './open-session.ts';
import { insertSignIn } from './store.ts';

export interface CodeSignIn {
  readonly phone: PhoneIdentity;
  readonly code: string;
  /** The name of a new account; ignored where there is one. */
  readonly name?: string | undefined;
}

/** A code was refused, and there is neither a code for the number nor an account. Only a door may learn it. */
export class NothingKnown extends EngineError {
  constructor({ code, message, details }: CodeRefusal) {
    super(code, message, details);
  }
}

/**
 * Signs in by phone and one-time code, and makes the account at the first time.
 *
 * @param read reads the request, after the try was counted for its address: what is malformed counts too
 * @param rules those of the door
 * @throws EngineError `rate_limited`, `code_invalid`, `code_expired`, `code_attempts_exceeded`, `account_suspended`, and
 *   what `read` throws; {@link NothingKnown}, which is a `code_expired`
 */
export const signInWithCode =
  (deps: AuthDeps) =>
  async (read: () => CodeSignIn, context: SignInContext, rules: CodeRules): Promise<SignedIn> => {
    await deps.limiter.consume(rules.triesPerIp, context.origin.ip);
    const input = read();
    const { phone } = input;
    await deps.limiter.consume(limits.verifyPerPhone, phone.value);
    const outcome = await deps.database.write(async (unit) => {
      const failure = await checkCode(unit, deps, phone.value, input.code);
      const identity = await findIdentity(unit, phone);
      const refuse = async (refusal: EngineError): Promise<EngineError> => {
        if (!identity) return refusal;
        const row = signInRow(deps, identity.person_id, 'code', context);
        await insertSignIn(unit, { ...row, succeeded: false, failure: refusal.code });
        return refusal;
      };
      if (failure?.noCode && !identity) return new NothingKnown(failure);
      if (failure !== null) return refuse(failure);
      // The number of an account that is being deleted at this moment is free, and makes a new one.
      const owned = identity !== undefined && (await lockPerson(unit, identity.person_id, 'shared'));
      const person = owned
        ? await verifiedOwner(unit, deps, identity.person_id, phone)
        : await createPerson(unit, deps.clock, {
            name: input.name?.trim() ?? '',
            username: null,
            role: 'user',
            identities: [{ kind: phone.kind, value: phone.value, verified: true }],
          });
      if (isSuspended(person, deps.clock.now())) return refuse(accountSuspended(person));
      return { ...(await openSession(unit, deps, person, 'code', context)), isNew: !owned };
    });
    if (outcome instanceof EngineError) throw outcome;
    await deps.limiter.reset(limits.verifyPerPhone, phone.value);
    return outcome;
  };

async function verifiedOwner(unit: UnitOfWork, deps: AuthDeps, personId: string, phone: PhoneIdentity) {
  await markVerified(unit, phone, new Date(deps.clock.now()));
  const person = await findPerson(unit, personId);
  if (!person) throw new Error('An identity refers to a person, by foreign key.');
  return person;
}
