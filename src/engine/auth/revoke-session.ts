import type { UnitOfWork } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { AuthDeps } from './deps.ts';
import type { RevokeReason } from './events.ts';
import { hashToken } from './secrets.ts';
import { findRefreshToken, revokeSessions, sessionStateById } from './store.ts';

/** Tells every node to forget the sessions and to close their connections, and the person's other devices. */
export function announceRevoked(
  unit: UnitOfWork,
  personId: string,
  sessionIds: readonly string[],
  reason: RevokeReason,
): void {
  if (sessionIds.length === 0) return;
  const data = { personId, sessionIds, reason };
  unit.announce({ type: 'session.revoked', audience: { kind: 'nodes' }, data });
  unit.announce({ type: 'session.revoked', audience: { kind: 'people', ids: [personId] }, data });
}

/** Ends all sessions of a person in the caller's unit of work. */
export async function endSessions(unit: UnitOfWork, personId: string, at: Date, reason: RevokeReason): Promise<void> {
  announceRevoked(unit, personId, await revokeSessions(unit, { personId }, at, reason), reason);
}

async function revoke(
  deps: AuthDeps,
  which: { personId: string; only?: string; except?: string },
  reason: RevokeReason,
): Promise<number> {
  return deps.database.write(async (unit) => {
    const ids = await revokeSessions(unit, which, new Date(deps.clock.now()), reason);
    announceRevoked(unit, which.personId, ids, reason);
    return ids.length;
  });
}

/** Ends the actor's own session. */
export const signOut =
  (deps: AuthDeps) =>
  async (actor: Actor): Promise<void> => {
    await revoke(deps, { personId: actor.personId, only: actor.sessionId }, 'signed_out');
  };

/**
 * Ends the session of a refresh token, also where it was used before or the access token has expired. One that is not
 * known ends nothing.
 */
export const signOutByToken =
  (deps: AuthDeps) =>
  async (refreshToken: string): Promise<void> => {
    await deps.database.write(async (unit) => {
      const token = await findRefreshToken(unit, hashToken(refreshToken));
      const session = token && (await sessionStateById(unit, token.session_id));
      if (!session) return;
      const which = { personId: session.person_id, only: session.id };
      const ids = await revokeSessions(unit, which, new Date(deps.clock.now()), 'signed_out');
      announceRevoked(unit, session.person_id, ids, 'signed_out');
    });
  };

/** Ends all of the actor's sessions, this one included. */
export const signOutEverywhere =
  (deps: AuthDeps) =>
  async (actor: Actor): Promise<void> => {
    await revoke(deps, { personId: actor.personId }, 'signed_out');
  };

/**
 * Ends one of the actor's sessions, such as that of a lost phone.
 *
 * @throws EngineError `session_not_found`, also where it is somebody else's
 */
export const revokeSession =
  (deps: AuthDeps) =>
  async (actor: Actor, sessionId: string): Promise<void> => {
    const ended = isId(sessionId) ? await revoke(deps, { personId: actor.personId, only: sessionId }, 'revoked') : 0;
    if (ended === 0) throw new EngineError('session_not_found', 'You have no such session.');
  };
