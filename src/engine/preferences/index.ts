import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import { allOf, type DataPart } from '../shared/data-part.ts';
import { preferences } from './migrations/0024-preferences.ts';
import { chosenOf, deletePreferences } from './store.ts';
import { getPreferences, updatePreferences } from './update-preferences.ts';
import { preferencesView } from './views.ts';

export { fontSizes, type PreferencesChange, type PreferencesView, themes } from './views.ts';

export const preferenceMigrations: readonly Migration[] = [preferences];

/** For the export of a person's data. */
export const preferenceData: readonly DataPart[] = [
  {
    name: 'preferences',
    single: true,
    read: (database, personId) =>
      allOf(database, async (reader) => [preferencesView(await chosenOf(reader, personId))]),
  },
];

/** What people want of their clients. */
export function createPreferences(deps: { database: Database }) {
  return { get: getPreferences(deps), update: updatePreferences(deps), erase: deletePreferences };
}

export type Preferences = ReturnType<typeof createPreferences>;
