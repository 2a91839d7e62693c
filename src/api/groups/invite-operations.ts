import type { Groups } from '../../engine/groups/index.ts';
import type { Inbox } from '../../engine/inbox/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { Conversation } from '../conversations/schemas.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, input, Limit, nullable, output, page, Type } from '../kit/schemas.ts';
import { codeInput, groupInput, Invite, InvitePreview, JoinRequest, memberInput } from './schemas.ts';

/** Coming into a group by a link, and letting people in. */
export function inviteOperations({ groups, inbox }: { groups: Groups; inbox: Inbox }): AnyOperation[] {
  return [
    operation({
      name: 'invites.create',
      summary: 'Make an invite link',
      description: 'Of admins. A group has one link: that before is good no more.',
      method: 'POST',
      path: '/conversations/:conversationId/invite',
      params: groupInput,
      body: input({
        expiresAt: Type.Optional(
          nullable(Type.String({ format: 'date-time', maxLength: 40, description: 'It is good until then.' })),
        ),
        maxUses: Type.Optional(
          nullable(Type.Integer({ minimum: 1, maximum: 100_000, description: 'How many may come in by it.' })),
        ),
      }),
      output: Invite,
      status: 201,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, expiresAt = null, maxUses = null }) =>
        groups.invites.create(actor, conversationId, {
          expiresAt: expiresAt === null ? null : timeOf(expiresAt),
          maxUses,
        }),
    }),
    operation({
      name: 'invites.get',
      summary: 'The invite link of a group',
      description: 'For admins. null where it has none.',
      method: 'GET',
      path: '/conversations/:conversationId/invite',
      params: groupInput,
      output: output({ invite: nullable(Invite) }),
      access: 'session',
      socket: true,
      handle: async (actor, { conversationId }) => ({ invite: await groups.invites.get(actor, conversationId) }),
    }),
    operation({
      name: 'invites.revoke',
      summary: 'End the invite link of a group',
      description: 'Of admins. Who waits to be let in still waits.',
      method: 'DELETE',
      path: '/conversations/:conversationId/invite',
      params: groupInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }) => groups.invites.revoke(actor, conversationId),
    }),
    operation({
      name: 'invites.preview',
      summary: 'What an invite link leads to',
      method: 'GET',
      path: '/invites/:code',
      params: codeInput,
      output: InvitePreview,
      access: 'session',
      socket: true,
      handle: (actor, { code }) => groups.invites.preview(actor, code),
    }),
    operation({
      name: 'invites.join',
      summary: 'Come into a group by its invite link',
      description: 'Where an admin has to let people in: asks to, and the answer says `pending: true`.',
      method: 'POST',
      path: '/invites/:code/join',
      params: codeInput,
      output: output({ pending: Type.Boolean(), conversation: nullable(Conversation) }),
      access: 'session',
      socket: true,
      handle: async (actor, { code }) => {
        const { conversationId, pending } = await groups.invites.join(actor, code);
        return { pending, conversation: pending ? null : await inbox.get(actor, conversationId) };
      },
    }),
    operation({
      name: 'joins.withdraw',
      summary: 'Ask no longer to come into a group',
      method: 'DELETE',
      path: '/invites/:code/join',
      params: codeInput,
      access: 'session',
      socket: true,
      handle: (actor, { code }) => groups.joinRequests.withdraw(actor, code),
    }),
    operation({
      name: 'joins.list',
      summary: 'Who waits to be let into a group, the first at first',
      description: 'For admins.',
      method: 'GET',
      path: '/conversations/:conversationId/join-requests',
      params: groupInput,
      query: input({ cursor: Cursor, limit: Limit(200, 50) }),
      output: page(JoinRequest),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, cursor, limit = 50 }) =>
        groups.joinRequests.list(actor, conversationId, { cursor, limit }),
    }),
    operation({
      name: 'joins.approve',
      summary: 'Let somebody into a group',
      description: 'Of admins. Of two who answer at once, the second gets `join_request_not_found`.',
      method: 'PUT',
      path: '/conversations/:conversationId/join-requests/:personId',
      params: memberInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, personId }) => groups.joinRequests.approve(actor, conversationId, personId),
    }),
    operation({
      name: 'joins.deny',
      summary: 'Do not let somebody into a group',
      description: 'Of admins. They may ask again while they have a good link.',
      method: 'DELETE',
      path: '/conversations/:conversationId/join-requests/:personId',
      params: memberInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, personId }) => groups.joinRequests.deny(actor, conversationId, personId),
    }),
  ];
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new EngineError('invalid_request', 'Give the time as ISO 8601, such as 2030-01-31T12:00:00Z.', {
    path: '/expiresAt',
  });
}
