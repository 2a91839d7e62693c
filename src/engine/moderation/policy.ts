import type { PersonRow } from '../people/index.ts';
import { EngineError } from '../shared/errors.ts';
import type { Admin } from '../shared/policy.ts';

/**
 * Nobody suspends an admin, themself included: an installation must not lose who could undo it.
 *
 * @throws EngineError `forbidden`
 */
export function assertMaySuspend(admin: Admin, person: Pick<PersonRow, 'id' | 'role'>): void {
  if (person.id === admin.personId) throw new EngineError('forbidden', 'You cannot suspend your own account.');
  if (person.role === 'admin') throw new EngineError('forbidden', 'The account of an admin cannot be suspended.');
}
