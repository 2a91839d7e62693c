import type { EventHandler } from '../../kit/door-socket.ts';
import type { ChatappDeps } from '../deps.ts';
import { conversationEvents } from './conversations.ts';
import { messageEvents } from './messages.ts';
import { peopleEvents } from './people.ts';

/** Every event that a client of this door sends, with other names that older clients use. */
export const chatEvents = (deps: ChatappDeps): ReadonlyMap<string, EventHandler> =>
  new Map(Object.entries({ ...conversationEvents(deps), ...messageEvents(deps), ...peopleEvents(deps) }));
