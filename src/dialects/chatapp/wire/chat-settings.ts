import type { GroupPermission } from '../../../engine/conversations/index.ts';
import { disappearingRange, type GroupChange } from '../../../engine/groups/index.ts';
import type { OwnSettings } from '../../../engine/inbox/index.ts';
import { Fields } from '../../kit/fields.ts';
import { forever } from '../present/chat.ts';

/** What a request changes of a chat. */
export interface ChatSettings {
  /** For the caller alone. */
  readonly own: OwnSettings;
  /** For all of its members; null: never vanish. */
  readonly disappearingSeconds: number | null | undefined;
  readonly group: NonNullable<GroupChange['settings']>;
}

type Body = Readonly<Record<string, unknown>>;

const yesNo = (name: string): string => `${name} must be true or false`;

/**
 * When a chat is muted until; undefined where the request says nothing of it.
 *
 * @param flag name of the field that says whether
 * @param now in milliseconds
 */
export function readMuted(fields: Fields, flag: readonly string[], now: number): Date | null | undefined {
  const muted = fields.flag(flag, yesNo(flag[0] ?? ''));
  const until = fields.date('mutedUntil', 'mutedUntil must be a date');
  if (muted === false) return null;
  if (until) return until.getTime() > now ? until : null;
  return muted ? forever : undefined;
}

/** @throws InvalidFields */
export function readChatSettings(body: Body, now: number): ChatSettings {
  const fields = new Fields(body);
  const own = readOwn(fields, now);
  const vanishing = new Fields(fields.object('disappearingMessages') ?? {});
  const { least, most } = disappearingRange;
  const enabled = vanishing.flag('enabled', yesNo('enabled'));
  const seconds = vanishing.number('duration', {
    min: least,
    max: most,
    whole: true,
    message: `Duration must be between ${least} and ${most} seconds`,
  });
  const rules = new Fields({ ...body, ...(fields.object('groupSettings') ?? {}) });
  const group = readRules(rules);
  for (const part of [fields, vanishing, rules]) part.assertValid();
  return { own, disappearingSeconds: vanishingAfter(enabled, seconds), group };
}

function vanishingAfter(enabled: boolean | undefined, seconds: number | undefined): number | null | undefined {
  if (enabled === false) return null;
  return seconds ?? (enabled ? 86_400 : undefined);
}

function readOwn(fields: Fields, now: number): OwnSettings {
  const name = fields.text('customName', { max: 100, message: 'Custom name has at most 100 characters' });
  const download = new Fields(fields.object('autoDownload') ?? {});
  const kind = (of: string) => download.flag(of, yesNo(of));
  const autoDownload = { photos: kind('photos'), videos: kind('videos'), documents: kind('documents') };
  const notifications = fields.flag('notifications', yesNo('notifications'));
  download.assertValid();
  const preferences = {
    ...(notifications !== undefined && { notifications }),
    ...(Object.values(autoDownload).some((choice) => choice !== undefined) && { autoDownload }),
  };
  return {
    mutedUntil: readMuted(fields, ['isMuted', 'muted'], now),
    archived: fields.flag(['isArchived', 'archived'], yesNo('isArchived')),
    pinned: fields.flag(['isPinned', 'pinned'], yesNo('isPinned')),
    // Null means absent here, so a blank name takes it away.
    customName: name === '' ? null : name,
    ...(Object.keys(preferences).length > 0 && { preferences }),
  };
}

function readRules(fields: Fields): NonNullable<GroupChange['settings']> {
  const who = (name: string): GroupPermission | undefined =>
    fields.choice(name, ['admins', 'all'] as const, `${name} must be admins or all`);
  return {
    whoCanAdd: who('whoCanAddMembers'),
    whoCanEdit: who('whoCanEditGroupInfo'),
    whoCanSend: who('whoCanSendMessages'),
    joinApproval: fields.flag('approveNewMembers', yesNo('approveNewMembers')),
  };
}

/** Whether anything of it is said. */
export const saysAnything = (part: object): boolean => Object.values(part).some((value) => value !== undefined);
