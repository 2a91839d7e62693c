import type { Actor } from '../shared/actor.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import type { AuthDeps } from './deps.ts';
import { liveSessionsOf, type SignInRow, signInsOf } from './store.ts';

/** One device on which a person is signed in. */
export interface SessionView {
  readonly id: string;
  readonly door: string;
  readonly deviceName: string | null;
  readonly userAgent: string | null;
  readonly ip: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** Whether it is the session that asks. */
  readonly current: boolean;
}

/** One attempt to sign in to a person's account. */
export interface SignInView {
  readonly id: string;
  readonly at: Date;
  readonly method: SignInRow['method'];
  readonly succeeded: boolean;
  /** The error code of a failure. */
  readonly failure: string | null;
  readonly door: string;
  readonly ip: string;
  readonly userAgent: string | null;
  readonly deviceName: string | null;
}

/** The actor's live sessions, the last used first. */
export const listSessions =
  (deps: AuthDeps) =>
  async (actor: Actor): Promise<SessionView[]> => {
    const now = new Date(deps.clock.now());
    const rows = await deps.database.read((reader) => liveSessionsOf(reader, actor.personId, now));
    return rows.map((row) => ({
      id: row.id,
      door: row.door,
      deviceName: row.device_name,
      userAgent: row.user_agent,
      ip: row.ip,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      current: row.id === actor.sessionId,
    }));
  };

/** How far into the login history `offset` leads; older entries are reached by a cursor. */
export const maxSignInOffset = 10_000;

/** Where a page of the login history begins: behind a cursor, or so many entries from the latest; at the latest by itself. */
export interface SignInQuery {
  readonly cursor?: string | undefined;
  /** At most {@link maxSignInOffset}; beyond it there is nothing. */
  readonly offset?: number | undefined;
  readonly limit: number;
}

/** The login history of the actor's account, failures included, the latest first. */
export const listSignIns =
  (deps: AuthDeps) =>
  async (actor: Actor, query: SignInQuery): Promise<Page<SignInView>> => {
    const { offset = 0 } = query;
    if (offset > maxSignInOffset) return { items: [], next: null };
    const before = query.cursor === undefined ? null : (decodeCursor(query.cursor, ['id'])[0] as string);
    const rows = await deps.database.read((reader) =>
      signInsOf(reader, actor.personId, before, query.limit + 1, offset),
    );
    const items = rows.slice(0, query.limit).map(
      (row): SignInView => ({
        id: row.id,
        at: row.at,
        method: row.method,
        succeeded: row.succeeded,
        failure: row.failure,
        door: row.door,
        ip: row.ip,
        userAgent: row.user_agent,
        deviceName: row.device_name,
      }),
    );
    const last = items.at(-1);
    return { items, next: last && rows.length > query.limit ? encodeCursor([last.id]) : null };
  };
