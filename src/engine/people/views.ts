import type { Role } from '../shared/actor.ts';
import type { IdentityRow, PersonRow } from './store.ts';

/** What everybody may see of a person. */
export interface PersonView {
  readonly id: string;
  /** Empty while they have not set one, and after the account was deleted. */
  readonly name: string;
  readonly username: string | null;
  readonly about: string;
  readonly deleted: boolean;
  /** Grows with each change. */
  readonly version: number;
}

/** What a person sees of their own account. */
export interface OwnProfileView extends PersonView {
  readonly role: Role;
  readonly createdAt: Date;
  readonly identities: readonly { kind: IdentityRow['kind']; value: string; verified: boolean }[];
}

export function personView(
  row: Pick<PersonRow, 'id' | 'name' | 'username' | 'about' | 'version'> & { deleted_at: unknown },
): PersonView {
  return {
    id: row.id,
    name: row.name,
    username: row.username,
    about: row.about,
    deleted: row.deleted_at !== null,
    version: row.version,
  };
}

export function ownProfileView(row: PersonRow, identities: readonly IdentityRow[]): OwnProfileView {
  return {
    ...personView(row),
    role: row.role,
    createdAt: row.created_at,
    identities: identities.map(({ kind, value, verified_at }) => ({ kind, value, verified: verified_at !== null })),
  };
}
