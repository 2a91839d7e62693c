import type { PersonView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** What others see of a person has changed. Goes to the person's own devices and to who watches them. */
    'person.updated': { readonly person: PersonView };
  }
}
