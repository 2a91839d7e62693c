import { createConversations } from '../../src/engine/conversations/index.ts';
import { createInbox, ownViewEvent } from '../../src/engine/inbox/index.ts';
import { createMessages } from '../../src/engine/messages/index.ts';
import type { Database, UnitOfWork } from '../../src/engine/ports/database.ts';
import type { Actor } from '../../src/engine/shared/actor.ts';
import type { EngineEvent, EventMap, EventType } from '../../src/engine/shared/events.ts';
import type { TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** A person as the engine knows them. */
export const actorOf = ({ id, sessionId }: TestPerson): Actor => ({ personId: id, sessionId, role: 'user' });

/**
 * What the engine offers to doors beside the native one, on the storage of a server, with the events that it announces:
 * the native wire does not show all that is in them.
 */
export function engineFace({ app: { database, media }, clock }: TestApp) {
  const events: EngineEvent[] = [];
  const publish = (event: EngineEvent): void => {
    events.push(event);
  };
  const watched: Database = {
    read: (work) => database.read(work),
    autocommit: (statement, values) => database.autocommit(statement, values),
    ping: () => database.ping(),
    close: () => database.close(),
    write: (work) =>
      database.write((unit) => work(Object.assign(Object.create(unit), { announce: publish }) as UnitOfWork)),
  };
  const windows = { edit: 900, delete: 3_600 };
  const hold = media.hold.bind(media);
  const deps = { database: watched, clock, publish };
  return {
    messages: createMessages({ ...deps, hold, filesPerMessage: 10, windows, retention: { direct: null, group: null } }),
    conversations: createConversations({ ...deps, ownViewEvent: ownViewEvent(clock) }),
    inbox: createInbox(deps),
    /** The data of the last event of a type. */
    told<Type extends EventType>(type: Type): EventMap[Type] {
      const event = events.findLast((one) => one.type === type);
      if (!event) throw new Error(`No event ${type}.`);
      return event.data as EventMap[Type];
    },
    /** All events so far, the oldest first. */
    events,
  };
}
