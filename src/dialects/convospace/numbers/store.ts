import { type Database, type PreparedStatement, plainArray } from '../../../engine/ports/database.ts';

/** What clients call by a number. Each kind is counted by itself. */
export type NumberKind = 'user' | 'conversation' | 'message' | 'contact' | 'notification' | 'login';

/** One thing that has a number. */
export interface NumberRow {
  readonly kind: NumberKind;
  readonly number: number;
  readonly id: string;
}

const take: PreparedStatement = {
  name: 'convospace-take-numbers',
  text: 'select kind, number, id from convospace_take($1::text[], $2::uuid[])',
};

/**
 * The numbers of things. What has none gets the next ones of its kind, in the order of ids, which is that of creation; who
 * asks at the same moment for the same thing gets the same number.
 */
export function takeNumbers(
  database: Database,
  wanted: readonly Pick<NumberRow, 'kind' | 'id'>[],
): Promise<NumberRow[]> {
  return database.autocommit<NumberRow>(take, [
    plainArray(wanted.map(({ kind }) => kind)),
    plainArray(wanted.map(({ id }) => id)),
  ]);
}

const named: PreparedStatement = {
  name: 'convospace-id-of-number',
  text: 'select id from convospace_numbers where kind = $1 and number = $2',
};

/** The id behind a number; null where nothing has it. */
export async function idOfNumber(database: Database, kind: NumberKind, number: number): Promise<string | null> {
  const rows = await database.read((reader) => reader.prepared<{ id: string }>(named, [kind, number]));
  return rows[0]?.id ?? null;
}
