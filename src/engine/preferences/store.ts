import type { Reader, UnitOfWork } from '../ports/database.ts';
import type { PreferencesChange } from './views.ts';

declare module '../ports/database.ts' {
  interface Tables {
    preferences: { person_id: string; chosen: PreferencesChange };
  }
}

/** What a person has chosen. */
export async function chosenOf(reader: Reader, personId: string): Promise<PreferencesChange> {
  const row = await reader.sql
    .selectFrom('preferences')
    .select('chosen')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row?.chosen ?? {};
}

export async function putChosen(unit: UnitOfWork, personId: string, chosen: PreferencesChange): Promise<void> {
  await unit.sql
    .insertInto('preferences')
    .values({ person_id: personId, chosen })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ chosen }))
    .execute();
}

export async function deletePreferences(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('preferences').where('person_id', '=', personId).execute();
}
