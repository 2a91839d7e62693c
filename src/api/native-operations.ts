import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import { authOperations } from './auth/operations.ts';
import { contactOperations } from './contacts/operations.ts';
import { conversationOperations } from './conversations/operations.ts';
import { deviceOperations } from './devices/operations.ts';
import { groupOperations } from './groups/operations.ts';
import { inboxOperations } from './inbox/operations.ts';
import { mountRest } from './kit/mount-rest.ts';
import type { AnyOperation } from './kit/operation.ts';
import { linkPreviewOperations } from './link-previews/operations.ts';
import { mediaOperations } from './media/operations.ts';
import { type MediaRoutesDeps, mountMediaRoutes } from './media/routes.ts';
import { messageActionOperations } from './messages/action-operations.ts';
import { messageOperations } from './messages/operations.ts';
import { reactionOperations } from './messages/reaction-operations.ts';
import { moderationOperations } from './moderation/operations.ts';
import { myDataOperations } from './my-data/operations.ts';
import { notificationOperations } from './notifications/operations.ts';
import { peopleOperations } from './people/operations.ts';
import { preferenceOperations } from './preferences/operations.ts';
import { presenceOperations } from './presence/operations.ts';
import { schedulingOperations } from './scheduling/operations.ts';
import { searchOperations } from './search/operations.ts';

/** Everything that a client of the native door can do. A feature adds its list here. */
export function nativeOperations(engine: Engine): AnyOperation[] {
  return [
    ...authOperations(engine),
    ...peopleOperations(engine),
    ...contactOperations(engine),
    ...conversationOperations(engine),
    ...groupOperations(engine),
    ...messageOperations(engine),
    ...inboxOperations(engine),
    ...messageActionOperations(engine),
    ...reactionOperations(engine),
    ...presenceOperations(engine),
    ...moderationOperations(engine),
    ...searchOperations(engine),
    ...schedulingOperations(engine),
    ...myDataOperations(engine),
    ...mediaOperations(engine),
    ...linkPreviewOperations(engine),
    ...preferenceOperations(engine),
    ...deviceOperations(engine),
    ...notificationOperations(engine),
  ];
}

/** Mounts the REST routes below `/v1`. */
export async function mountNativeRoutes(
  host: FastifyInstance,
  operations: readonly AnyOperation[],
  deps: MediaRoutesDeps,
): Promise<void> {
  const mount = async (scope: FastifyInstance): Promise<void> => {
    mountRest(scope, deps, operations);
    await mountMediaRoutes(scope, deps);
  };
  await host.register(mount, { prefix: '/v1' });
}
