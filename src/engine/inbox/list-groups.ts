import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { groupsOf } from './store.ts';
import type { FollowedGroup } from './sync.ts';

/** The groups of the actor, as a live stream that does not sync has to know them. */
export const followedGroups =
  (deps: { database: Database }) =>
  (actor: Actor): Promise<FollowedGroup[]> =>
    deps.database.read((reader) => groupsOf(reader, actor.personId));
