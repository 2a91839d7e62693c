import { lockPerson, personNotFound } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { chosenOf, putChosen } from './store.ts';
import { mergeChoices, type PreferencesChange, type PreferencesView, preferencesView } from './views.ts';

/** The actor's own preferences. */
export const getPreferences =
  (deps: { database: Database }) =>
  async (actor: Actor): Promise<PreferencesView> =>
    preferencesView(await deps.database.read((reader) => chosenOf(reader, actor.personId)));

/**
 * Changes parts of the actor's preferences; what is not named stays.
 *
 * @returns all of them as they are now
 */
export const updatePreferences =
  (deps: { database: Database }) =>
  async (actor: Actor, change: PreferencesChange): Promise<PreferencesView> =>
    deps.database.write(async (unit) => {
      // Two devices may change different parts at once.
      if (!(await lockPerson(unit, actor.personId, 'alone'))) throw personNotFound();
      const chosen = mergeChoices(await chosenOf(unit, actor.personId), change);
      await putChosen(unit, actor.personId, chosen);
      const data = preferencesView(chosen);
      unit.announce({ type: 'preferences.changed', audience: { kind: 'people', ids: [actor.personId] }, data });
      return data;
    });
