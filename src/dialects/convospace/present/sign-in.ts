import type { SignInView } from '../../../engine/auth/index.ts';
import type { Showing } from './showing.ts';
import { isoTime } from './time.ts';

/** One attempt to sign in to the caller's account. Names the login. */
export const presentSignIn = (view: SignInView, { n }: Pick<Showing, 'n'>) => ({
  id: n.login(view.id),
  login_method: view.method === 'code' ? 'otp' : view.method,
  ip_address: view.ip,
  user_agent: view.userAgent,
  is_successful: view.succeeded,
  failure_reason: view.failure,
  created_at: isoTime(view.at),
});
