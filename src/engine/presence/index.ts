import './events.ts';
import { getPresence } from './get-presence.ts';
import { type PresenceDeps, PresenceTracker } from './track-presence.ts';

export { maxPresencePeople } from './get-presence.ts';
export type { PresenceView } from './track-presence.ts';

/** Who is online, and who was last seen when. */
export function createPresence(deps: PresenceDeps) {
  const tracker = new PresenceTracker(deps);
  return {
    connected: tracker.connected.bind(tracker),
    disconnected: tracker.disconnected.bind(tracker),
    get: getPresence(deps),
    /** Resolves when no last seen waits to be stored. */
    idle: () => tracker.idle(),
  };
}

export type Presence = ReturnType<typeof createPresence>;
