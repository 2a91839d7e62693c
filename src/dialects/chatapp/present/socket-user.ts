import type { DoorConnection } from '../../kit/door-connection.ts';
import type { ChatappDeps } from '../deps.ts';
import { doorName } from '../name.ts';
import { presentAuthUser } from './user.ts';

/** The person of a connection, as it is greeted. */
export async function presentOwnUser({ engine }: ChatappDeps, connection: DoorConnection): Promise<object> {
  const own = await engine.people.getOwnProfile(connection.actor);
  return { ...presentAuthUser(own, `${connection.origin}/${doorName}`), isOnline: true };
}
