import {
  accountSuspended,
  createPerson,
  findIdentity,
  findPerson,
  type Identity,
  isSuspended,
  lockPerson,
  markVerified,
  type NewNames,
  type PersonRow,
  type PhoneIdentity,
  rename,
  type UsernameLength,
  usernameIdentity,
} from '../people/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { EngineError } from '../shared/errors.ts';
import { type CodeRefusal, checkCode } from './check-code.ts';
import type { AuthDeps } from './deps.ts';
import type { CodeRules } from './limits.ts';
import { openSession, type SignedIn, type SignInContext, signInRow } from './open-session.ts';
import { insertSignIn } from './store.ts';

export interface CodeSignIn {
  readonly phone: PhoneIdentity;
  readonly code: string;
  /** The name of a new account. */
  readonly name?: string | undefined;
  /** The username of a new account, or of one that has none. */
  readonly username?: string | undefined;
  /** Of the username; the native door's where it is left out. */
  readonly usernameLength?: UsernameLength | undefined;
  /** The name is also that of an account which is there already, from now on. Else only a new account gets it. */
  readonly renames?: true | undefined;
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
 * Where the code is right and the username taken, nothing has happened: the code can be used again, with another name.
 *
 * @param read reads the request, after the try was counted for its address: what is malformed counts too
 * @param rules those of the door
 * @throws EngineError `rate_limited`, `code_invalid`, `code_expired`, `code_attempts_exceeded`, `account_suspended`,
 *   `identity_taken` of the kind `username`, `invalid_request` where that is none, and what `read` throws;
 *   {@link NothingKnown}, which is a `code_expired`
 */
export const signInWithCode =
  (deps: AuthDeps) =>
  async (read: () => CodeSignIn, context: SignInContext, rules: CodeRules): Promise<SignedIn> => {
    await deps.limiter.consume(rules.triesPerIp, context.origin.ip);
    const input = read();
    const { phone } = input;
    const names = namesOf(input);
    await deps.limiter.consume(rules.triesPerPhone, phone.value);
    const work = deps.database.write(async (unit) => {
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
      const mode = input.renames || names.username ? 'alone' : 'shared';
      const owned = identity !== undefined && (await lockPerson(unit, identity.person_id, mode));
      const person = owned
        ? await verifiedOwner(unit, deps, identity.person_id, phone)
        : await newOwner(unit, deps, phone, names);
      if (isSuspended(person, deps.clock.now())) return refuse(accountSuspended(person));
      if (owned) await addNames(unit, deps, person, names, input.renames ?? false);
      return { ...(await openSession(unit, deps, person, 'code', context)), isNew: !owned };
    });
    const outcome = await work.catch((error) => recordTaken(deps, phone, context, error));
    if (outcome instanceof EngineError) throw outcome;
    await deps.limiter.reset(rules.triesPerPhone, phone.value);
    return outcome;
  };

/** The history has also what was rolled back; only an account that was there before has one. */
async function recordTaken(
  deps: AuthDeps,
  phone: PhoneIdentity,
  context: SignInContext,
  error: unknown,
): Promise<never> {
  if (error instanceof EngineError && error.code === 'identity_taken') {
    await deps.database.write(async (unit) => {
      const identity = await findIdentity(unit, phone);
      if (!identity) return;
      const row = signInRow(deps, identity.person_id, 'code', context);
      await insertSignIn(unit, { ...row, succeeded: false, failure: error.code });
    });
  }
  throw error;
}

function namesOf({ name, username, usernameLength }: CodeSignIn): NewNames {
  const given = name?.trim() ?? '';
  return {
    ...(given !== '' && { name: given }),
    ...(username !== undefined && {
      username: { text: username, identity: usernameIdentity(username, usernameLength) },
    }),
  };
}

function newOwner(unit: UnitOfWork, deps: AuthDeps, phone: PhoneIdentity, { name = '', username }: NewNames) {
  const known: Identity[] = [phone, ...(username ? [username.identity] : [])];
  return createPerson(unit, deps.clock, {
    name,
    username: username?.text ?? null,
    role: 'user',
    identities: known.map(({ kind, value }) => ({ kind, value, verified: true })),
  });
}

/** Who is there already keeps their username, and their name unless they say that they want another one. */
async function addNames(
  unit: UnitOfWork,
  deps: AuthDeps,
  person: PersonRow,
  { name, username }: NewNames,
  renames: boolean,
): Promise<void> {
  const wanted: NewNames = {
    ...(name !== undefined && renames && name !== person.name && { name }),
    ...(username && person.username === null && { username }),
  };
  if (Object.keys(wanted).length > 0) await rename(unit, deps.clock, person.id, wanted);
}

async function verifiedOwner(unit: UnitOfWork, deps: AuthDeps, personId: string, phone: PhoneIdentity) {
  await markVerified(unit, phone, new Date(deps.clock.now()));
  const person = await findPerson(unit, personId);
  if (!person) throw new Error('An identity refers to a person, by foreign key.');
  return person;
}
