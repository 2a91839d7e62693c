import { audit } from '../audit/index.ts';
import { anyAdmin, createPerson, type Identity, loginIdentity, type PersonView, personView } from '../people/index.ts';
import type { Role } from '../shared/actor.ts';
import type { AuthDeps } from './deps.ts';
import { assertPassword } from './limits.ts';
import { hashPassword } from './passwords.ts';
import { putPassword } from './store.ts';

export interface NewAccount {
  readonly name: string;
  /** E-mail address, username or phone number. Taken as verified: an operator vouches for it. */
  readonly login: string;
  /** Without one, the person can sign in by a code to their phone only. */
  readonly password?: string | undefined;
  readonly role: Role;
}

/**
 * Makes an account as an operator, not as a guest of a door. That of an admin is recorded in the audit log.
 *
 * @throws EngineError `invalid_request`, `password_too_weak`, `identity_taken`
 */
export const createAccount =
  (deps: AuthDeps) =>
  async (account: NewAccount): Promise<PersonView> => {
    const { kind, value }: Identity = loginIdentity(account.login);
    if (account.password !== undefined) assertPassword(account.password);
    const hash = account.password === undefined ? null : await hashPassword(account.password);
    return deps.database.write(async (unit) => {
      const person = await createPerson(unit, deps.clock, {
        name: account.name,
        username: kind === 'username' ? account.login : null,
        role: account.role,
        identities: [{ kind, value, verified: true }],
      });
      if (hash !== null) await putPassword(unit, person.id, hash, new Date(deps.clock.now()));
      if (account.role === 'admin') {
        const target = { kind: 'person', id: person.id } as const;
        await audit(unit, deps.clock, { by: null, action: 'admin.created', target, details: { login: kind } });
      }
      return personView(person);
    });
  };

/** Makes the first admin where there is none. Of nodes that start together one makes it. */
export const ensureAdmin =
  (deps: AuthDeps) =>
  async (login: string, password: string): Promise<void> => {
    if (await deps.database.read(anyAdmin)) return;
    try {
      await createAccount(deps)({ name: 'Admin', login, password, role: 'admin' });
    } catch (error) {
      if (!(await deps.database.read(anyAdmin))) throw error;
    }
  };
