import type { Groups } from '../../engine/groups/index.ts';
import type { Inbox } from '../../engine/inbox/index.ts';
import { Conversation, ConversationFacts } from '../conversations/schemas.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Id, input, output, Type } from '../kit/schemas.ts';
import { PhotoMediaId } from '../media/schemas.ts';
import { inviteOperations } from './invite-operations.ts';
import { memberOperations } from './member-operations.ts';
import {
  Description,
  DisappearingSeconds,
  groupInput,
  NotAddedList,
  PhotoUrl,
  SettingsChange,
  Title,
} from './schemas.ts';

/**
 * Groups, their members and their invite links. What changes a group comes as events to everybody in it, the connection
 * that asked included.
 */
export function groupOperations(deps: { groups: Groups; inbox: Inbox }): AnyOperation[] {
  const { groups, inbox } = deps;
  return [
    operation({
      name: 'groups.create',
      summary: 'Make a group',
      description: 'I am its owner. Who may not be added is left out, and named in `notAdded`.',
      method: 'POST',
      path: '/groups',
      body: input({
        title: Title,
        description: Type.Optional(Description),
        photoUrl: Type.Optional(PhotoUrl),
        photoMediaId: Type.Optional(PhotoMediaId),
        people: Type.Optional(
          Type.Array(Id('Somebody else.'), { maxItems: 5_000, description: 'Who is in it from the beginning.' }),
        ),
      }),
      output: output({ conversation: Conversation, notAdded: NotAddedList }),
      status: 201,
      access: 'session',
      socket: true,
      handle: async (actor, { people = [], ...group }) => {
        const { conversationId, notAdded } = await groups.create(actor, { ...group, people });
        return { conversation: await inbox.get(actor, conversationId), notAdded };
      },
    }),
    operation({
      name: 'groups.update',
      summary: 'Change a group',
      description:
        'What is left out stays. The settings are for admins, the rest for those whom `whoCanEdit` names. Messages of the system say what has changed.',
      method: 'PATCH',
      path: '/groups/:conversationId',
      params: groupInput,
      body: input({
        title: Type.Optional(Title),
        description: Type.Optional(Description),
        photoUrl: Type.Optional(PhotoUrl),
        photoMediaId: Type.Optional(PhotoMediaId),
        disappearingSeconds: Type.Optional(DisappearingSeconds),
        settings: Type.Optional(SettingsChange),
      }),
      output: ConversationFacts,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, ...change }) => groups.update(actor, conversationId, change),
    }),
    operation({
      name: 'groups.close',
      summary: 'Close a group for everybody',
      description: 'Of the owner. Nobody is in it any more; it cannot be opened again.',
      method: 'DELETE',
      path: '/groups/:conversationId',
      params: groupInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }) => groups.close(actor, conversationId),
    }),
    operation({
      name: 'groups.leave',
      summary: 'Leave a group',
      description:
        'An owner hands it over to the admin who joined first, or else to the member who did. The last one closes it.',
      method: 'POST',
      path: '/conversations/:conversationId/leave',
      params: groupInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId }) => groups.leave(actor, conversationId),
    }),
    operation({
      name: 'groups.transfer',
      summary: 'Hand a group over to another member',
      description: 'Of the owner, who is an admin from then on.',
      method: 'POST',
      path: '/conversations/:conversationId/owner',
      params: groupInput,
      body: input({ personId: Id('The next owner.') }),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, personId }) => groups.transfer(actor, conversationId, personId),
    }),
    operation({
      name: 'conversations.setDisappearing',
      summary: 'Let new messages vanish after a time',
      description: 'Either person of a direct conversation; in a group those whom `whoCanEdit` names.',
      method: 'PUT',
      path: '/conversations/:conversationId/disappearing',
      params: input({ conversationId: Id('The conversation.') }),
      body: input({ seconds: DisappearingSeconds }),
      output: ConversationFacts,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, seconds }) => groups.setDisappearing(actor, conversationId, seconds),
    }),
    ...memberOperations(deps),
    ...inviteOperations(deps),
  ];
}
