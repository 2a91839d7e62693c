import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { changeFeed, lockFeed } from './follow.ts';
import { type NotificationKind, notificationKinds } from './kinds.ts';
import { kindsOf } from './store.ts';

/** Of what a person is notified. Single conversations are muted by themselves. */
export interface NotificationPreferences {
  /** Whether anything is kept for them at all. */
  readonly enabled: boolean;
  readonly kinds: Readonly<Record<NotificationKind, boolean>>;
}

export interface NotificationPreferencesChange {
  /** True: all kinds, where there were none. False: none. */
  readonly enabled?: boolean | undefined;
  readonly kinds?: { readonly [Kind in NotificationKind]?: boolean | undefined } | undefined;
}

export function preferencesView(wanted: readonly NotificationKind[] | null): NotificationPreferences {
  const kinds = Object.fromEntries(notificationKinds.map((kind) => [kind, wanted?.includes(kind) ?? false]));
  return { enabled: (wanted?.length ?? 0) > 0, kinds: kinds as NotificationPreferences['kinds'] };
}

export const getPreferences =
  (deps: { database: Database }) =>
  async (actor: Actor): Promise<NotificationPreferences> =>
    preferencesView(await deps.database.read((reader) => kindsOf(reader, actor.personId)));

/**
 * Changes of what the actor is notified from now on; what is not named stays, and so do the notifications that are there.
 *
 * @throws EngineError `person_not_found`
 */
export const updatePreferences =
  (deps: { database: Database }) =>
  async ({ personId }: Actor, change: NotificationPreferencesChange): Promise<NotificationPreferences> =>
    deps.database.write(async (unit) => {
      const before = await lockFeed(unit, personId);
      let wanted: readonly NotificationKind[] = before ?? [];
      if (change.enabled === true && wanted.length === 0) wanted = notificationKinds;
      wanted = notificationKinds.filter((kind) => change.kinds?.[kind] ?? wanted.includes(kind));
      if (change.enabled === false) wanted = [];
      // Who has no feed and wants none needs none.
      if (before !== null || wanted.length > 0) await changeFeed(unit, personId, before, wanted);
      return preferencesView(wanted);
    });
