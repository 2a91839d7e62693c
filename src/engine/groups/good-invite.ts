import type { Reader } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { findInviteByCode, type InviteRow } from './invite-store.ts';

/** The same for one that never was, is over, was revoked or is used up. */
const inviteNotFound = (): EngineError =>
  new EngineError('invite_not_found', 'This invite link is not good, or not any more.');

/**
 * The invite of a code, where it is good now.
 *
 * @throws EngineError `invite_not_found`
 */
export async function goodInvite(reader: Reader, clock: Clock, code: string): Promise<InviteRow> {
  const invite = await findInviteByCode(reader, code);
  const good =
    invite &&
    (invite.expires_at === null || invite.expires_at.getTime() > clock.now()) &&
    (invite.max_uses === null || invite.uses < invite.max_uses);
  if (!good) throw inviteNotFound();
  return invite;
}
