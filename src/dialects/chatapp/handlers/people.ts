import type { EventHandler } from '../../kit/door-socket.ts';
import { Fields } from '../../kit/fields.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, worded } from '../errors.ts';
import { presentOwnUser } from '../present/socket-user.ts';
import { readCustomStatus, readProfile } from '../wire/profile.ts';

const statuses = ['online', 'away', 'busy', 'offline'] as const;
/** What older clients call them. */
const olderStatuses: ReadonlyMap<unknown, (typeof statuses)[number]> = new Map([
  ['Available', 'online'],
  ['Away', 'away'],
  ['Busy', 'busy'],
  ['Invisible', 'offline'],
]);

/** How people show themselves. */
export function peopleEvents(deps: ChatappDeps): Record<string, EventHandler> {
  const { engine } = deps;
  return {
    async update_status(connection, input) {
      const status = statuses.find((one) => one === input.status) ?? olderStatuses.get(input.status);
      if (!status) throw new Refusal(400, 'Invalid status');
      await engine.presence.updateStatus(connection.actor, { availability: status });
      connection.emit('status_updated', { status });
      return { status };
    },
    async set_custom_status(connection, input) {
      const fields = new Fields({ customStatus: input });
      const customStatus = readCustomStatus(fields);
      fields.assertValid();
      const { customStatus: status } = await engine.presence.updateStatus(connection.actor, { customStatus });
      return { customStatus: status };
    },
    async user_online(connection) {
      await engine.presence.announce(connection.actor);
      return undefined;
    },
    async update_profile(connection, input) {
      const fields = new Fields(input);
      const change = readProfile(fields, { nameRequired: false });
      const picture = fields.object('profilePicture');
      fields.assertValid();
      const photoMediaId = typeof picture?.data === 'string' ? await keepPicture(connection.actor, picture.data) : null;
      await worded({ media_refused: [400, 'Invalid file type'] }, () =>
        engine.people.updateProfile(connection.actor, {
          ...change,
          ...(photoMediaId !== null && { photoMediaId }),
        }),
      );
      const user = await presentOwnUser(deps, connection);
      connection.emit('profile_update_success', { user });
      return { user };
    },
  };

  async function keepPicture(actor: Parameters<typeof engine.media.keep>[0], data: string): Promise<string> {
    const bytes = Buffer.from(data.replace(/^data:[^,]*,/, ''), 'base64');
    if (bytes.length === 0) throw new Refusal(400, 'No file uploaded');
    const id = await engine.media.keep(actor, bytes, 'picture', 'avatar');
    if (id === null) throw new Refusal(400, 'Invalid file type');
    return id;
  }
}
