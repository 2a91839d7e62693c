import type { Bus } from '../engine/ports/bus.ts';
import { type EngineEvent, topics } from '../engine/shared/events.ts';

/** A connection that belongs to a session. */
export interface SessionConnection {
  readonly sessionId: string;
  /** Ends it for good. */
  end(): void;
  /** Cuts it so that the client comes back by itself. */
  cut(): void;
  /** Sends something that is no engine event. */
  notify(event: object): void;
}

/** All live connections of this node, by session, so that a revoked session loses its connections at once. */
export class LiveSessions {
  readonly #connections = new Map<string, Set<SessionConnection>>();

  /** How many connections are open. */
  count = 0;

  add(connection: SessionConnection): void {
    const set = this.#connections.get(connection.sessionId) ?? new Set();
    this.#connections.set(connection.sessionId, set.add(connection));
    this.count += 1;
  }

  /** How many connections a session has here. */
  countOf(sessionId: string): number {
    return this.#connections.get(sessionId)?.size ?? 0;
  }

  remove(connection: SessionConnection): void {
    const set = this.#connections.get(connection.sessionId);
    if (!set?.delete(connection)) return;
    this.count -= 1;
    if (set.size === 0) this.#connections.delete(connection.sessionId);
  }

  /** Ends connections when a session is revoked on any node. */
  async listen(bus: Bus): Promise<() => void> {
    return bus.subscribe(topics.nodes, (payload) => {
      const event = payload as EngineEvent;
      if (event.type !== 'session.revoked') return;
      const { sessionIds, reason } = event.data;
      // The person's own topic brings them the news too, but maybe later than the end of the connection.
      for (const connection of sessionIds.flatMap((id) => [...(this.#connections.get(id) ?? [])])) {
        connection.notify({ type: 'session.ended', data: { reason } });
        connection.end();
      }
    });
  }

  /** Tells every client that the server stops. */
  announceDrain(): void {
    for (const connection of this.#all()) connection.notify({ type: 'server.draining', data: {} });
  }

  /** Cuts every connection; its client comes back by itself, and syncs. */
  cutAll(): void {
    for (const connection of this.#all()) connection.cut();
  }

  #all(): SessionConnection[] {
    return [...this.#connections.values()].flatMap((set) => [...set]);
  }
}
