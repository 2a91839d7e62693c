import type { PersonView } from '../people/index.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** The owner has blocked or unblocked a person. `version` is that of the address book. Goes to the owner alone. */
    'block.changed': { readonly person: PersonView; readonly blocked: boolean; readonly version: number };
  }
}
