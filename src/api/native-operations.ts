import type { FastifyInstance } from 'fastify';
import type { Auth } from '../engine/auth/index.ts';
import type { Conversations } from '../engine/conversations/index.ts';
import type { Inbox } from '../engine/inbox/index.ts';
import type { Messages } from '../engine/messages/index.ts';
import type { People } from '../engine/people/index.ts';
import type { Presence } from '../engine/presence/index.ts';
import { authOperations } from './auth/operations.ts';
import { conversationOperations } from './conversations/operations.ts';
import { mountRest, type RestDeps } from './kit/mount-rest.ts';
import type { AnyOperation } from './kit/operation.ts';
import { messageOperations } from './messages/operations.ts';
import { peopleOperations } from './people/operations.ts';
import { presenceOperations } from './presence/operations.ts';

/** What the native door calls. */
export interface NativeDoorEngine {
  readonly auth: Auth;
  readonly people: People;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly inbox: Inbox;
  readonly presence: Presence;
}

/** Everything that a client of the native door can do. A feature adds its list here. */
export function nativeOperations(engine: NativeDoorEngine): AnyOperation[] {
  return [
    ...authOperations(engine),
    ...peopleOperations(engine),
    ...conversationOperations(engine),
    ...messageOperations(engine),
    ...presenceOperations(engine),
  ];
}

/** Mounts the REST routes of operations below `/v1`. */
export async function mountNativeRoutes(
  host: FastifyInstance,
  operations: readonly AnyOperation[],
  deps: RestDeps,
): Promise<void> {
  await host.register(async (scope) => mountRest(scope, deps, operations), { prefix: '/v1' });
}
