import type { FastifyInstance } from 'fastify';
import type { AuditLog } from '../engine/audit/index.ts';
import type { Auth } from '../engine/auth/index.ts';
import type { Contacts } from '../engine/contacts/index.ts';
import type { Conversations } from '../engine/conversations/index.ts';
import type { Groups } from '../engine/groups/index.ts';
import type { Inbox } from '../engine/inbox/index.ts';
import type { LinkPreviews } from '../engine/link-previews/index.ts';
import type { Media } from '../engine/media/index.ts';
import type { Messages } from '../engine/messages/index.ts';
import type { Moderation } from '../engine/moderation/index.ts';
import type { MyData } from '../engine/my-data/index.ts';
import type { People } from '../engine/people/index.ts';
import type { Presence } from '../engine/presence/index.ts';
import type { Scheduling } from '../engine/scheduling/index.ts';
import type { Search } from '../engine/search/index.ts';
import { authOperations } from './auth/operations.ts';
import { contactOperations } from './contacts/operations.ts';
import { conversationOperations } from './conversations/operations.ts';
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
import { peopleOperations } from './people/operations.ts';
import { presenceOperations } from './presence/operations.ts';
import { schedulingOperations } from './scheduling/operations.ts';
import { searchOperations } from './search/operations.ts';

/** What the native door calls. */
export interface NativeDoorEngine {
  readonly auth: Auth;
  readonly people: People;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly inbox: Inbox;
  readonly presence: Presence;
  readonly moderation: Moderation;
  readonly auditLog: AuditLog;
  readonly search: Search;
  readonly scheduling: Scheduling;
  readonly myData: MyData;
  readonly media: Media;
  readonly linkPreviews: LinkPreviews;
}

/** Everything that a client of the native door can do. A feature adds its list here. */
export function nativeOperations(engine: NativeDoorEngine): AnyOperation[] {
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
