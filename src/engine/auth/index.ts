import './events.ts';
import type { Migration } from '../ports/database.ts';
import { Authenticator } from './authenticate.ts';
import { changePassword } from './change-password.ts';
import { createAccount, ensureAdmin } from './create-account.ts';
import { deleteAccount, type Erasure } from './delete-account.ts';
import type { AuthDeps } from './deps.ts';
import { linkPhone } from './link-phone.ts';
import { listSessions, listSignIns } from './list-sessions.ts';
import { auth } from './migrations/0002-auth.ts';
import { endedSessions } from './migrations/0020-ended-sessions.ts';
import { refreshSession } from './refresh-session.ts';
import { registerWithPassword } from './register-with-password.ts';
import { renewSession } from './renew-session.ts';
import { requestCode } from './request-code.ts';
import { revokeSession, signOut, signOutByToken, signOutEverywhere } from './revoke-session.ts';
import { signInWithCode } from './sign-in-with-code.ts';
import { signInWithPassword } from './sign-in-with-password.ts';
import { sweep } from './sweep.ts';

export type { NewAccount } from './create-account.ts';
export type { Erasure } from './delete-account.ts';
export type { AuthDeps } from './deps.ts';
export type { RevokeReason } from './events.ts';
export { type CodeRules, codeRules, smsLimits } from './limits.ts';
export type { SessionView, SignInQuery, SignInView } from './list-sessions.ts';
export { authData } from './my-data.ts';
export {
  type RotatingStyle,
  type SessionStyle,
  type SessionTokens,
  type SignedIn,
  type SignInContext,
  sessionStyles,
} from './open-session.ts';
export type { KnownAccount, SentCode } from './request-code.ts';
export { endSessions } from './revoke-session.ts';
export { deriveKeys, type Keys } from './secrets.ts';
export { type CodeSignIn, NothingKnown } from './sign-in-with-code.ts';
export { countLiveSessions } from './store.ts';

export const authMigrations: readonly Migration[] = [auth, endedSessions];

/** Signing in, and what a session may do afterwards. */
export function createAuth(deps: AuthDeps & { erasures: readonly Erasure[] }) {
  return {
    authenticator: new Authenticator(deps),
    requestCode: requestCode(deps),
    signInWithCode: signInWithCode(deps),
    registerWithPassword: registerWithPassword(deps),
    signInWithPassword: signInWithPassword(deps),
    refresh: refreshSession(deps),
    renew: renewSession(deps),
    signOut: signOut(deps),
    signOutByToken: signOutByToken(deps),
    signOutEverywhere: signOutEverywhere(deps),
    revokeSession: revokeSession(deps),
    listSessions: listSessions(deps),
    listSignIns: listSignIns(deps),
    changePassword: changePassword(deps),
    linkPhone: linkPhone(deps),
    deleteAccount: deleteAccount(deps),
    createAccount: createAccount(deps),
    ensureAdmin: ensureAdmin(deps),
    sweep: sweep(deps),
  };
}

export type Auth = ReturnType<typeof createAuth>;
