import type { ContactView } from './contact-view.ts';
import type { PersonView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /**
     * What others see of a person has changed. To who watches them it carries what everybody may see; to the person's own
     * devices everything.
     */
    'person.updated': { readonly person: PersonView };
    /**
     * A viewer, or with null every viewer, may no longer see the presence that they watch: they have to ask again. Goes to
     * who watches the person.
     */
    'presence.audience_changed': { readonly personId: string; readonly viewerId: string | null };
    /** A person may let a viewer see their presence from now on: the viewer's connections may ask. Goes to the viewer. */
    'presence.revealed': { readonly personId: string };
    /** A contact was added or changed. `version` is that of the address book. Goes to its owner. */
    'contact.updated': { readonly contact: ContactView; readonly version: number };
    /** A contact was removed, or merged with another one. Goes to its owner. */
    'contact.removed': { readonly contactId: string; readonly version: number };
  }
}
