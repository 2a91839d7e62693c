import { type DoorEvents, eventText, lazily } from '../../kit/door-connection.ts';
import { isoTime } from '../present/time.ts';
import { displayName, presentPicture, usualBio } from '../present/user.ts';
import { baseOf, type Encoders } from './encoders.ts';

/** Who is there, and how people show themselves. To those whom it concerns. */
export const peopleEncoders = {
  // Nothing is said of these, but they change whom a connection follows.
  'contact.updated': () => [],
  'block.changed': () => [],
  'presence.revealed': () => [],
  'presence.audience_changed': () => [],

  'presence.changed'(presence, _deps, timestamp): DoorEvents {
    const { personId: userId, online: isOnline, availability: status, customStatus, change } = presence;
    const lastSeen = presence.lastSeenAt && isoTime(presence.lastSeenAt);
    const texts = lazily(() => {
      if (change === 'custom_status') {
        return [eventText('user_custom_status_update', { userId, customStatus, timestamp })];
      }
      const shown = eventText('user_status_update', { userId, status, isOnline, lastSeen, timestamp });
      if (change === 'availability') return [shown];
      if (!isOnline) return [eventText('user_offline', { userId, timestamp, lastSeen })];
      // Who comes back busy is not only there.
      return [eventText('user_online', { userId, timestamp }), ...(status === 'online' ? [] : [shown])];
    });
    return ({ personId }) => (personId === userId ? [] : texts());
  },

  'person.updated'({ person }, deps, timestamp): DoorEvents {
    const data = {
      userId: person.id,
      displayName: displayName(person.name, null, person.deleted),
      bio: person.about || usualBio,
      username: person.username,
      profilePicture: presentPicture(person, baseOf(deps)),
      timestamp,
    };
    return [eventText('profile_updated', data)];
  },
} satisfies Encoders;
