import type { PresenceView } from './presence-view.ts';

/** What of a person's presence has changed: their connections, or what they chose to show. */
export type PresenceChange = 'connection' | 'availability' | 'custom_status';

declare module '../shared/events.ts' {
  interface EventMap {
    /**
     * A person has come online on their first device, has left with their last, or shows another status. To who watches
     * them as others see it; a new status also goes to the person's own devices, which see it as others do.
     */
    'presence.changed': PresenceView & { readonly change: PresenceChange };
  }
}
