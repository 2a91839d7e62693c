import type { PreferencesView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A person wants something else of their clients. Goes to their own devices. */
    'preferences.changed': PreferencesView;
  }
}
