import type { UnitOfWork } from '../ports/database.ts';
import type { Role } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { claimIdentity } from './claim-identity.ts';
import type { Identity } from './identity.ts';
import { insertPerson, type PersonRow } from './store.ts';

export interface NewPerson {
  readonly name: string;
  /** As the person writes it; its identity must be among `identities`. */
  readonly username: string | null;
  readonly role: Role;
  readonly identities: readonly (Identity & { readonly verified: boolean })[];
}

/**
 * Makes a person with their identities, inside the caller's unit of work. Of two that race for an identity one wins.
 *
 * @throws EngineError `identity_taken`
 */
export async function createPerson(unit: UnitOfWork, clock: Clock, person: NewPerson): Promise<PersonRow> {
  const now = new Date(clock.now());
  const row = await insertPerson(unit, {
    id: newId(clock),
    name: person.name,
    username: person.username,
    role: person.role,
    created_at: now,
  });
  for (const { kind, value, verified } of person.identities) {
    const identity = { kind, value, personId: row.id, verifiedAt: verified ? now : null, createdAt: now };
    if (!(await claimIdentity(unit, identity))) throw identityTaken(kind);
  }
  return row;
}

export function identityTaken(of: Identity['kind']): EngineError {
  const kind = of === 'door_phone' ? 'phone' : of;
  return new EngineError('identity_taken', `This ${kind} belongs to another account.`, { kind, path: `/${kind}` });
}
