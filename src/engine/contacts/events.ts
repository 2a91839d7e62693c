import type { PersonView } from '../people/index.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /**
     * Whether one of two people has blocked the other has changed. To both, for the doors to know whom a connection must not
     * hear of; no client is told.
     */
    'block.between': { readonly people: readonly [string, string]; readonly blocked: boolean };
    /** The owner has blocked or unblocked a person. `version` is that of the address book. Goes to the owner alone. */
    'block.changed': { readonly person: PersonView; readonly blocked: boolean; readonly version: number };
  }
}
