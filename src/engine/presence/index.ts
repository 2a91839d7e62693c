import './events.ts';
import { announceConnection } from './announce-connection.ts';
import { getPresence } from './get-presence.ts';
import { getProfiles } from './get-profiles.ts';
import { listDirectory } from './list-directory.ts';
import { listPeers } from './list-peers.ts';
import { presenceOf } from './presence-of.ts';
import { type PresenceDeps, PresenceTracker } from './track-presence.ts';
import { appear, updateStatus } from './update-status.ts';
import { visibleTo } from './visible-to.ts';

export type { ConnectionOfSession, PresenceChange } from './events.ts';
export { maxPresencePeople } from './get-presence.ts';
export type { ProfileView } from './get-profiles.ts';
export type { DirectoryQuery, DirectoryView, ListedPerson } from './list-directory.ts';
export type { PresenceView } from './presence-view.ts';
export type { OwnStatus, StatusChange } from './update-status.ts';

/** Who is online, who was last seen when, and what people show of it. */
export function createPresence(deps: PresenceDeps) {
  const tracker = new PresenceTracker(deps);
  return {
    connected: tracker.connected.bind(tracker),
    disconnected: tracker.disconnected.bind(tracker),
    announce: tracker.announce.bind(tracker),
    announceConnection: announceConnection(deps),
    appear: appear(deps),
    get: getPresence(deps),
    peers: listPeers(deps),
    visibleTo: visibleTo(deps),
    profiles: getProfiles(deps),
    of: presenceOf(deps),
    directory: listDirectory(deps),
    updateStatus: updateStatus(deps),
    /** Resolves when no last seen waits to be stored. */
    idle: () => tracker.idle(),
  };
}

export type Presence = ReturnType<typeof createPresence>;
