import type { Generated } from 'kysely';
import type { PreparedStatement, Reader } from '../ports/database.ts';

/**
 * How one person stands to another: contacts and blocks. The tables belong to the feature `contacts`, which changes them.
 * What others may see of a person depends on them, so they are read here; and here contacts follow accounts: they are linked
 * when a phone number gets its owner, and go with the account of theirs.
 */
declare module '../ports/database.ts' {
  interface Tables {
    contacts: ContactsTable;
    blocks: BlocksTable;
  }
}

/** Who may do or see something of a person. */
export type PrivacyLevel = 'everyone' | 'contacts' | 'nobody';

interface ContactsTable {
  id: string;
  owner_id: string;
  person_id: string | null;
  phone: string | null;
  name: string | null;
  search: string;
  favourite: boolean;
  close_friend: Generated<boolean>;
  created_at: Date;
  changed_at: Generated<Date | null>;
}

interface BlocksTable {
  person_id: string;
  blocked_id: string;
  created_at: Date;
}

const blockBetween: PreparedStatement = {
  name: 'block-between',
  text: `
    select exists (
      select from blocks where (person_id = $1 and blocked_id = $2) or (person_id = $2 and blocked_id = $1)
    ) as blocked`,
};

/** Whether one of two people has blocked the other. Who of them is nobody else's business. */
export async function isBlockBetween(reader: Reader, a: string, b: string): Promise<boolean> {
  const [row] = await reader.prepared<{ blocked: boolean }>(blockBetween, [a, b]);
  return row?.blocked ?? false;
}

const acquainted: PreparedStatement = {
  name: 'acquaintances',
  text: `
    (select person_id from contacts where owner_id = $1 and person_id is not null limit $2)
    union
    (select owner_id from contacts where person_id = $1 limit $2)`,
};

/** People whom a person has in their address book, or who have the person in theirs; of each at most `limit`. */
export async function acquaintances(reader: Reader, personId: string, limit: number): Promise<string[]> {
  const rows = await reader.prepared<{ person_id: string }>(acquainted, [personId, limit]);
  return rows.map((row) => row.person_id);
}
