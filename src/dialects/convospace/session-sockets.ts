import { LRUCache } from 'lru-cache';
import type { ConnectionOfSession } from '../../engine/presence/index.ts';
import type { DoorConnection } from '../kit/door-connection.ts';

type Connection = Pick<DoorConnection, 'id' | 'sessionId'>;

interface Session {
  /** Open connections, here and on other nodes. */
  readonly open: Set<string>;
  /** Those of this node. */
  readonly here: Set<string>;
}

/**
 * Which socket of a session gets what is for its person: the one that was opened last. A client of this door opens several
 * with one token, and shows what comes over each.
 *
 * Of other nodes it is enough to know the sockets that were opened since there is one here: older ones are not the last.
 */
export class SessionSockets {
  readonly #sessions = new Map<string, Session>();
  /** By message: the socket that sent it. */
  readonly #sentOver = new LRUCache<string, string>({ max: 10_000 });

  /** A socket of this node is open. */
  opened({ id, sessionId }: Connection): void {
    const session = this.#sessions.get(sessionId) ?? { open: new Set(), here: new Set() };
    this.#sessions.set(sessionId, session);
    session.open.add(id);
    session.here.add(id);
  }

  /** A socket of this node has closed. */
  closed({ id, sessionId }: Connection): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    session.open.delete(id);
    session.here.delete(id);
    if (session.here.size === 0) this.#sessions.delete(sessionId);
  }

  /** A socket is open on some node. */
  openedSomewhere({ sessionId, connectionId }: ConnectionOfSession): void {
    this.#sessions.get(sessionId)?.open.add(connectionId);
  }

  /** A socket of some node has closed. */
  closedSomewhere({ sessionId, connectionId }: ConnectionOfSession): void {
    const session = this.#sessions.get(sessionId);
    if (session && !session.here.has(connectionId)) session.open.delete(connectionId);
  }

  /** Whether a socket of this node is the last of its session. */
  isLast({ id, sessionId }: Connection): boolean {
    return this.#lastHere(sessionId) === id;
  }

  /** A socket of this node sends a message: it shows what its session does, and is told that it has arrived. */
  sends(messageId: string, { id }: Connection): void {
    this.#sentOver.set(messageId, id);
  }

  /** Whether a socket of this node is to be told of the arrival of a message: the one that sent it, else the last. */
  hearsOf(messageId: string, { id, sessionId }: Connection): boolean {
    const last = this.#lastHere(sessionId);
    if (last === null) return false;
    const sender = this.#sentOver.get(messageId);
    const knows = sender !== undefined && this.#sessions.get(sessionId)?.here.has(sender);
    return id === (knows ? sender : last);
  }

  /** The last socket of a session; null where that is on another node. */
  #lastHere(sessionId: string): string | null {
    const session = this.#sessions.get(sessionId);
    if (!session) return null;
    let last = '';
    for (const id of session.open) if (id > last) last = id;
    return session.here.has(last) ? last : null;
  }
}
