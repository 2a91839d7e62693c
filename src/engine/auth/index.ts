import './events.ts';
import type { Migration } from '../ports/database.ts';
import { day } from '../shared/clock.ts';
import { Authenticator } from './authenticate.ts';
import { changePassword } from './change-password.ts';
import { createAccount, ensureAdmin } from './create-account.ts';
import { deleteAccount } from './delete-account.ts';
import type { AuthDeps } from './deps.ts';
import { linkPhone } from './link-phone.ts';
import { listSessions, listSignIns } from './list-sessions.ts';
import { auth } from './migrations/0002-auth.ts';
import { refreshSession } from './refresh-session.ts';
import { registerWithPassword } from './register-with-password.ts';
import { requestCode } from './request-code.ts';
import { revokeSession, signOut, signOutEverywhere } from './revoke-session.ts';
import { signInWithCode } from './sign-in-with-code.ts';
import { signInWithPassword } from './sign-in-with-password.ts';
import { sweep } from './store.ts';

export type { NewAccount } from './create-account.ts';
export type { AuthDeps } from './deps.ts';
export type { RevokeReason } from './events.ts';
export type { SessionView, SignInView } from './list-sessions.ts';
export {
  type SessionStyle,
  type SessionTokens,
  type SignedIn,
  type SignInContext,
  sessionStyles,
} from './open-session.ts';
export { deriveKeys, type Keys } from './secrets.ts';

export const authMigrations: readonly Migration[] = [auth];

/** How long ended sessions and the login history are kept. */
const keepFor = 90 * day;

/** Signing in, and what a session may do afterwards. */
export function createAuth(deps: AuthDeps) {
  return {
    authenticator: new Authenticator(deps),
    requestCode: requestCode(deps),
    signInWithCode: signInWithCode(deps),
    registerWithPassword: registerWithPassword(deps),
    signInWithPassword: signInWithPassword(deps),
    refresh: refreshSession(deps),
    signOut: signOut(deps),
    signOutEverywhere: signOutEverywhere(deps),
    revokeSession: revokeSession(deps),
    listSessions: listSessions(deps),
    listSignIns: listSignIns(deps),
    changePassword: changePassword(deps),
    linkPhone: linkPhone(deps),
    deleteAccount: deleteAccount(deps),
    createAccount: createAccount(deps),
    ensureAdmin: ensureAdmin(deps),
    /** Removes what has expired. Run it now and then, on any node. */
    sweep: () =>
      deps.database.write((unit) => {
        const now = deps.clock.now();
        return sweep(unit, new Date(now), new Date(now - keepFor));
      }),
  };
}

export type Auth = ReturnType<typeof createAuth>;
