import type { Actor } from '../shared/actor.ts';
import type { Publish } from '../shared/events.ts';

/** Tells the actor's other connections, on all nodes, that one of a session is open, or closed. */
export const announceConnection =
  ({ publish }: { readonly publish: Publish }) =>
  ({ personId, sessionId }: Pick<Actor, 'personId' | 'sessionId'>, connectionId: string, open: boolean): void =>
    publish({
      type: open ? 'connection.opened' : 'connection.closed',
      audience: { kind: 'people', ids: [personId] },
      data: { sessionId, connectionId },
    });
