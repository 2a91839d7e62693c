import { type DoorEvents, type EventText, eventText } from '../../kit/door-connection.ts';
import type { Typist } from '../../kit/typing.ts';
import type { NumberOf } from '../numbers/index.ts';
import { timeOrNull } from '../present/time.ts';
import { type Encoders, pairOfEvent, withNumbers } from './encoders.ts';

/** `typing:start` or `typing:stop`. */
export const typingText = (
  { conversationId, personId, typing }: Typist & { readonly typing: boolean },
  n: NumberOf,
): EventText =>
  eventText(typing ? 'typing:start' : 'typing:stop', {
    conversation_id: n.conversation(conversationId),
    user_id: n.user(personId),
  });

/** Who is there, who types, and which connections are whose. */
export const peopleEncoders = {
  'typing.changed'(event, deps): DoorEvents | null {
    const change = event.data;
    if (!pairOfEvent(event)) return null;
    const named = { user: [change.personId], conversation: [change.conversationId] };
    return withNumbers(deps, named, (n) => {
      const text = typingText(change, n);
      return (connection) => {
        if (connection.personId === change.personId || !deps.sockets.isLast(connection)) return [];
        if (change.typing) deps.typing.shown(connection, change);
        else deps.typing.ended(connection, change);
        return [text];
      };
    });
  },

  'presence.changed'({ data, audience }, deps): DoorEvents | null {
    if (data.change === 'custom_status' || audience.kind === 'people') return null;
    // Who hears of everybody hears of it so, and not again by watching them.
    const hearsOfAll = deps.options.presenceAudience === 'all';
    if (hearsOfAll && audience.kind === 'watchers' && audience.public) return null;
    const { personId, online } = data;
    return withNumbers(deps, { user: [personId] }, (n) => {
      const id = n.user(personId);
      const last_seen_at = online ? null : timeOrNull(data.lastSeenAt);
      const texts: EventText[] = [];
      if (data.change === 'availability') {
        texts.push(eventText('presence:update', { user_id: id, is_online: online, last_seen_at }));
      }
      if (data.moved) {
        const who = { userId: id, user_id: id };
        texts.push(online ? eventText('user:online', who) : eventText('user:offline', { ...who, last_seen_at }));
      }
      return (connection) =>
        connection.personId === personId || deps.hidden.includes(connection, personId) ? [] : texts;
    });
  },

  'block.between':
    ({ data }, { hidden }): DoorEvents =>
    (connection) => {
      hidden.note(connection, data);
      return [];
    },

  'connection.opened'({ data }, { sockets }): null {
    sockets.openedSomewhere(data);
    return null;
  },

  'connection.closed'({ data }, { sockets }): null {
    sockets.closedSomewhere(data);
    return null;
  },
} satisfies Encoders;
