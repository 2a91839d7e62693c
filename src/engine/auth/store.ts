import { sql } from 'kysely';
import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';
import type { Role } from '../shared/actor.ts';

declare module '../ports/database.ts' {
  interface Tables {
    passwords: { person_id: string; hash: string; changed_at: Date };
    one_time_codes: OneTimeCodesTable;
    sessions: SessionsTable;
    refresh_tokens: RefreshTokensTable;
    sign_ins: SignInsTable;
  }
}

interface OneTimeCodesTable {
  phone: string;
  code_hash: string;
  attempts_left: number;
  created_at: Date;
  expires_at: Date;
}

interface SessionsTable {
  id: string;
  person_id: string;
  door: string;
  token_hash: string | null;
  device_name: string | null;
  user_agent: string | null;
  ip: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  revoked_reason: string | null;
}

interface RefreshTokensTable {
  hash: string;
  session_id: string;
  issued_at: Date;
  used_at: Date | null;
  request_key: string | null;
}

interface SignInsTable {
  id: string;
  person_id: string;
  at: Date;
  method: 'code' | 'password';
  succeeded: boolean;
  failure: string | null;
  door: string;
  ip: string;
  user_agent: string | null;
  device_name: string | null;
}

export type SessionRow = SessionsTable;
export type SignInRow = SignInsTable;

export async function putCode(unit: UnitOfWork, code: OneTimeCodesTable): Promise<void> {
  await unit.sql
    .insertInto('one_time_codes')
    .values(code)
    .onConflict((conflict) => conflict.column('phone').doUpdateSet(code))
    .execute();
}

/**
 * Spends one attempt on the live code of a phone. The row is locked to the end of the unit of work, so that of two
 * requests with the right code one finds it gone.
 */
export async function spendAttempt(unit: UnitOfWork, phone: string): Promise<OneTimeCodesTable | undefined> {
  return unit.sql
    .updateTable('one_time_codes')
    .set({ attempts_left: sql`greatest(attempts_left - 1, -1)` })
    .where('phone', '=', phone)
    .returningAll()
    .executeTakeFirst();
}

/** @param hash of the code, where another one may have taken its place; whichever it is, if not given */
export async function deleteCode(unit: UnitOfWork, phone: string, hash?: string): Promise<void> {
  let doomed = unit.sql.deleteFrom('one_time_codes').where('phone', '=', phone);
  if (hash !== undefined) doomed = doomed.where('code_hash', '=', hash);
  await doomed.execute();
}

export async function putPassword(unit: UnitOfWork, personId: string, hash: string, at: Date): Promise<void> {
  await unit.sql
    .insertInto('passwords')
    .values({ person_id: personId, hash, changed_at: at })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ hash, changed_at: at }))
    .execute();
}

export async function passwordHashOf(reader: Reader, personId: string): Promise<string | undefined> {
  const row = await reader.sql
    .selectFrom('passwords')
    .select('hash')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row?.hash;
}

export async function deletePassword(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('passwords').where('person_id', '=', personId).execute();
}

export async function insertSession(unit: UnitOfWork, session: SessionRow): Promise<void> {
  await unit.sql.insertInto('sessions').values(session).execute();
}

/** What `authenticate` must know of a session. */
export interface SessionState {
  readonly id: string;
  readonly person_id: string;
  /** The name of the door that it was opened through. */
  readonly door: string;
  readonly role: Role;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly deleted_at: Date | null;
  readonly suspended_at: Date | null;
  readonly suspended_until: Date | null;
}

const stateColumns = `s.id, s.person_id, s.door, p.role, s.last_used_at, s.expires_at, s.revoked_at, p.deleted_at,
  p.suspended_at, p.suspended_until`;

export async function sessionStateById(reader: Reader, id: string): Promise<SessionState | undefined> {
  const text = `select ${stateColumns} from sessions s join people p on p.id = s.person_id where s.id = $1`;
  return (await reader.prepared<SessionState>({ name: 'session-by-id', text }, [id]))[0];
}

export async function sessionStateByToken(reader: Reader, tokenHash: string): Promise<SessionState | undefined> {
  const text = `select ${stateColumns} from sessions s join people p on p.id = s.person_id where s.token_hash = $1`;
  return (await reader.prepared<SessionState>({ name: 'session-by-token', text }, [tokenHash]))[0];
}

/** Marks sessions as used now, and keeps those alive that live by use. */
export async function touchSessions(
  unit: UnitOfWork,
  ids: readonly string[],
  at: Date,
  expiresAt: Date,
): Promise<void> {
  await unit.sql
    .updateTable('sessions')
    .set({ last_used_at: at, expires_at: sql`greatest(expires_at, ${expiresAt})` })
    .where('id', 'in', ids)
    .where('revoked_at', 'is', null)
    .execute();
}

export function liveSessionsOf(reader: Reader, personId: string, now: Date): Promise<SessionRow[]> {
  return reader.sql
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('last_used_at', 'desc')
    .limit(500)
    .execute();
}

const liveSessions: PreparedStatement = {
  name: 'count-live-sessions',
  text: `
    select count(*) as count from (
      select from sessions where person_id = $1 and revoked_at is null and expires_at > $2 limit $3
    ) as live`,
};

/** How many devices of a person are signed in; counts no further than `most`. */
export async function countLiveSessions(reader: Reader, personId: string, now: Date, most: number): Promise<number> {
  const [row] = await reader.prepared<{ count: number }>(liveSessions, [personId, now, most]);
  return row?.count ?? 0;
}

/**
 * Revokes live sessions of a person: one, all, or all but one.
 *
 * @returns the ids of those that were live
 */
export async function revokeSessions(
  unit: UnitOfWork,
  which: { personId: string; only?: string; except?: string },
  at: Date,
  reason: string,
): Promise<string[]> {
  let update = unit.sql
    .updateTable('sessions')
    .set({ revoked_at: at, revoked_reason: reason })
    .where('person_id', '=', which.personId)
    .where('revoked_at', 'is', null);
  if (which.only !== undefined) update = update.where('id', '=', which.only);
  if (which.except !== undefined) update = update.where('id', '!=', which.except);
  const rows = await update.returning('id').execute();
  return rows.map(({ id }) => id);
}

export async function insertRefreshToken(unit: UnitOfWork, hash: string, sessionId: string, at: Date): Promise<void> {
  await unit.sql
    .insertInto('refresh_tokens')
    .values({ hash, session_id: sessionId, issued_at: at, used_at: null, request_key: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Marks a refresh token as used. Undefined where it was used before, or never existed: of two that race one gets it. */
export function useRefreshToken(
  unit: UnitOfWork,
  hash: string,
  requestKey: string | null,
  at: Date,
): Promise<RefreshTokensTable | undefined> {
  return unit.sql
    .updateTable('refresh_tokens')
    .set({ used_at: at, request_key: requestKey })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

export function findRefreshToken(reader: Reader, hash: string): Promise<RefreshTokensTable | undefined> {
  return reader.sql.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
}

export async function insertSignIn(unit: UnitOfWork, signIn: SignInRow): Promise<void> {
  await unit.sql.insertInto('sign_ins').values(signIn).execute();
}

export async function signInsOf(
  reader: Reader,
  personId: string,
  before: string | null,
  limit: number,
  offset = 0,
): Promise<SignInRow[]> {
  let select = reader.sql.selectFrom('sign_ins').selectAll().where('person_id', '=', personId);
  if (before !== null) select = select.where('id', '<', before);
  return select.orderBy('id', 'desc').limit(limit).offset(offset).execute();
}

/** Forgets from where a person has signed in. Ended sessions stay until they expire, so that who asks learns why. */
export async function forgetSignIns(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('sign_ins').where('person_id', '=', personId).execute();
  // Each has an index of its own.
  for (const ended of ['is not', 'is'] as const) {
    await unit.sql
      .updateTable('sessions')
      .set({ ip: '', user_agent: null, device_name: null })
      .where('person_id', '=', personId)
      .where('revoked_at', ended, null)
      .execute();
  }
}

/** A person's live sessions, some hundreds at most. */
export function sessionsOf(reader: Reader, personId: string): Promise<SessionRow[]> {
  return reader.sql
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .orderBy('last_used_at', 'desc')
    .limit(500)
    .execute();
}

/** By the order of the index, for a batch has to end somewhere. */
const sweepOf = (table: string, key: string, time: string): PreparedStatement => ({
  name: `sweep-${table}`,
  text: `
    with old as materialized (
      select ${key} as key from ${table} where ${time} < $1 order by ${time} limit $2 for update skip locked
    )
    delete from ${table} t using old where t.${key} = old.key returning true as gone`,
});

const sweeps = {
  codes: sweepOf('one_time_codes', 'phone', 'expires_at'),
  sessions: sweepOf('sessions', 'id', 'expires_at'),
  signIns: sweepOf('sign_ins', 'id', 'at'),
};

/** What is swept away by its age. */
export type Swept = keyof typeof sweeps;

/** @returns how many were removed, at most `limit`: codes and sessions that have expired `before`, sign-ins of before */
export async function sweepBatch(unit: UnitOfWork, what: Swept, before: Date, limit: number): Promise<number> {
  return (await unit.prepared(sweeps[what], [before, limit])).length;
}
