import type { PresenceView } from './presence-view.ts';

/** What of a person's presence has changed: their connections, or what they chose to show. */
export type PresenceChange = 'connection' | 'availability' | 'custom_status';

/** One live connection of a session. Ids grow with the time at which connections were opened. */
export interface ConnectionOfSession {
  readonly sessionId: string;
  readonly connectionId: string;
}

declare module '../shared/events.ts' {
  interface EventMap {
    /** A connection of a session is open, or closed. To the person's own connections, for doors that tell them apart. */
    'connection.opened': ConnectionOfSession;
    'connection.closed': ConnectionOfSession;
    /**
     * A person has come online on their first device, has left with their last, or shows another status. To who watches
     * them as others see it; a new status also goes to the person's own devices, which see it as others do. `moved`: from
     * now on they appear online, or offline, and did not before.
     */
    'presence.changed': PresenceView & { readonly change: PresenceChange; readonly moved: boolean };
  }
}
