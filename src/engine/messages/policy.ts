import type { Membership } from '../conversations/index.ts';
import { second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { MessageRow } from './store.ts';

/** How long after it was sent its sender can change a message, in seconds; 0: for ever. */
export interface MessageWindows {
  readonly edit: number;
  /** For everybody. */
  readonly delete: number;
}

/** Also for a message that was said before the person's history begins: it must not tell whether there was one. */
export const messageNotFound = (path?: string): EngineError =>
  new EngineError('message_not_found', 'There is no such message in this conversation.', path ? { path } : {});

/** It was deleted for everybody, so nothing can be done with it. */
export const messageDeleted = (): EngineError =>
  new EngineError('message_deleted', 'This message was deleted for everybody.');

/** Whether somebody leads the group. A direct conversation has nobody who does. */
export const isAdmin = (member: Pick<Membership, 'kind' | 'role'>): boolean =>
  member.kind === 'group' && member.role !== 'member';

/** It was deleted for everybody, or its time is over although it was not swept yet. */
export const isGone = (message: MessageRow, at: Date): boolean =>
  message.deleted_at !== null || (message.expires_at !== null && message.expires_at <= at);

/**
 * Why nothing can be done with a message, whoever wants to; undefined where something can.
 *
 * @returns `message_deleted`, `not_permitted`
 */
export function untouchable(message: MessageRow, at: Date): EngineError | undefined {
  if (isGone(message, at)) return messageDeleted();
  if (message.kind === 'system') return new EngineError('not_permitted', 'What the server wrote stays as it is.');
  return undefined;
}

/** @throws EngineError what {@link untouchable} says */
export function assertTouchable(message: MessageRow, at: Date): void {
  const error = untouchable(message, at);
  if (error) throw error;
}

/**
 * Why it is too late to change a message; undefined where it is not.
 *
 * @param windowSeconds how long after it was sent it may be changed; 0: for ever
 */
export function lateness(message: MessageRow, windowSeconds: number, at: Date): EngineError | undefined {
  const age = at.getTime() - message.created_at.getTime();
  if (windowSeconds === 0 || age <= windowSeconds * second) return undefined;
  return new EngineError('too_late', `This can be done for ${windowSeconds} seconds after a message was sent.`, {
    windowSeconds,
  });
}
