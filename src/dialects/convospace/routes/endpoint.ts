import type { Actor } from '../../../engine/shared/actor.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import { failingWith } from '../errors.ts';

type Method = Route['method'];

/**
 * A route of this door for who has signed in.
 *
 * @param failure what is said where the server itself fails
 */
export const endpoint = (
  method: Method,
  path: Route['path'],
  failure: string,
  handle: (actor: Actor, call: Call) => Promise<Answer>,
): Route => ({
  method,
  path,
  access: 'session',
  handle: (actor, call) => failingWith(failure, () => handle(actor, call)),
});

/** A route of this door for everybody. @param failure as of {@link endpoint} */
export const publicEndpoint = (
  method: Method,
  path: Route['path'],
  failure: string,
  handle: (call: Call) => Promise<Answer>,
): Route => ({ method, path, access: 'public', handle: (call) => failingWith(failure, () => handle(call)) });

/** What is answered where something was done, or read. */
export const done = (message: string, data?: unknown): Answer => ({
  body: { success: true, message, ...(data !== undefined && { data }) },
});

export const found = (data: unknown): Answer => ({ body: { success: true, data } });
