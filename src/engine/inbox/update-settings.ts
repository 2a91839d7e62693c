import { isDeepStrictEqual } from 'node:util';
import {
  changeOwnMember,
  changePreferences,
  countPinned,
  defaultPreferences,
  type OwnMember,
  type PreferencesChange,
} from '../conversations/index.ts';
import { lockPerson } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { answerOwn, lockOwn } from './change-own.ts';
import type { OwnChangeView } from './own-change.ts';

/** The most conversations that a person can pin. */
export const maxPinned = 50;

/** What is left out stays as it is. */
export interface OwnSettings {
  /** No sound until then, however far; null: with sound. */
  readonly mutedUntil?: Date | null | undefined;
  readonly archived?: boolean | undefined;
  /** At the top of the list, among at most {@link maxPinned}. */
  readonly pinned?: boolean | undefined;
  /** As a reminder: it counts as an unread conversation, without a message more. Reading on ends it. */
  readonly markedUnread?: boolean | undefined;
  /** What the actor calls it, 1 to 100 characters; null: as it is called. */
  readonly customName?: string | null | undefined;
  readonly preferences?: PreferencesChange | undefined;
}

/**
 * Changes how the actor alone has a conversation. What is so already makes no change.
 *
 * @param origin the connection that does it, which gets the answer and not the event
 * @throws EngineError `conversation_not_found`, `limit_reached` (pinned), `invalid_request` (a blank name)
 */
export const updateSettings =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, conversationId: string, settings: OwnSettings, origin?: string): Promise<OwnChangeView> => {
    const customName = settings.customName?.trim() ?? settings.customName;
    if (customName === '') {
      throw new EngineError('invalid_request', 'A name is not blank; null takes it away.', { path: '/customName' });
    }
    return deps.database.write(async (unit) => {
      const now = new Date(deps.clock.now());
      // Before the member's row, so that of two that are pinned at once the second counts the first.
      if (settings.pinned) await lockPerson(unit, actor.personId, 'alone');
      const member = await lockOwn(unit, actor, conversationId);
      const wanted = { ...settings, customName };
      if (!isChange(member, wanted)) return answerOwn(unit, now, member, null, origin);
      if (settings.pinned && member.pinned_at === null && (await countPinned(unit, actor.personId)) >= maxPinned) {
        throw new EngineError('limit_reached', `At most ${maxPinned} conversations are pinned. Unpin one first.`, {
          limit: maxPinned,
        });
      }
      await changeOwnMember(unit, member, changeOf(member, wanted, now));
      return answerOwn(unit, now, member, [], origin);
    });
  };

function isChange(member: OwnMember, wanted: OwnSettings): boolean {
  const { mutedUntil, archived, pinned, markedUnread, customName, preferences } = wanted;
  return (
    (mutedUntil !== undefined && (mutedUntil?.getTime() ?? null) !== (member.muted_until?.getTime() ?? null)) ||
    (archived !== undefined && archived !== member.archived) ||
    (pinned !== undefined && pinned !== (member.pinned_at !== null)) ||
    (markedUnread !== undefined && markedUnread !== member.marked_unread) ||
    (customName !== undefined && customName !== member.custom_name) ||
    (preferences !== undefined &&
      !isDeepStrictEqual(preferencesOf(member), changePreferences(preferencesOf(member), preferences)))
  );
}

const preferencesOf = (member: OwnMember) => member.preferences ?? defaultPreferences;

function changeOf(member: OwnMember, wanted: OwnSettings, now: Date) {
  const { mutedUntil = member.muted_until, archived = member.archived, pinned, customName, markedUnread } = wanted;
  return {
    muted_until: mutedUntil,
    // Anew at each change: to mute or unmute neither archives a conversation nor takes it out.
    archived_seq: archived ? member.last_seq : null,
    ...(pinned !== undefined && { pinned_at: pinned ? (member.pinned_at ?? now) : null }),
    ...(markedUnread !== undefined && { marked_unread: markedUnread }),
    ...(customName !== undefined && { custom_name: customName }),
    ...(wanted.preferences && { preferences: changePreferences(preferencesOf(member), wanted.preferences) }),
  };
}
