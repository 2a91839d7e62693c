import type { PresenceView } from './track-presence.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A person has come online on their first device, or has left with their last. */
    'presence.changed': PresenceView;
  }
}
