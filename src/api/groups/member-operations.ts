import { type Groups, maxAddedAtOnce } from '../../engine/groups/index.ts';
import { Member, Role } from '../conversations/schemas.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, output, page, Type } from '../kit/schemas.ts';
import { groupInput, memberInput, NotAddedList } from './schemas.ts';

/** Who is in a group, and as what. */
export function memberOperations({ groups }: { groups: Groups }): AnyOperation[] {
  return [
    operation({
      name: 'members.list',
      summary: 'The members of a conversation, those who joined first at first',
      method: 'GET',
      path: '/conversations/:conversationId/members',
      params: input({ conversationId: Id('The conversation.') }),
      query: input({
        q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Part of a name or username.' })),
        role: Type.Optional(Role),
        cursor: Cursor,
        limit: Limit(200, 50),
      }),
      output: page(Member),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, q, role, cursor, limit = 50 }) =>
        groups.members.list(actor, conversationId, { text: q, role, cursor, limit }),
    }),
    operation({
      name: 'members.add',
      summary: 'Add people to a group',
      description:
        'For those whom `whoCanAdd` names. Who may not be added is left out, and named in `notAdded`; who is in it already is in neither list. Who was removed before comes back only where an admin adds them.',
      method: 'POST',
      path: '/conversations/:conversationId/members',
      params: groupInput,
      body: input({ people: Type.Array(Id('Somebody.'), { minItems: 1, maxItems: maxAddedAtOnce }) }),
      output: output({ added: Type.Array(Type.String()), notAdded: NotAddedList }),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, people }) => groups.members.add(actor, conversationId, people),
    }),
    operation({
      name: 'members.remove',
      summary: 'Remove somebody from a group',
      description: 'Admins remove everybody but the owner.',
      method: 'DELETE',
      path: '/conversations/:conversationId/members/:personId',
      params: memberInput,
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, personId }) => groups.members.remove(actor, conversationId, personId),
    }),
    operation({
      name: 'members.setRole',
      summary: 'Make a member an admin, or an admin a member',
      description: 'Of the owner.',
      method: 'PUT',
      path: '/conversations/:conversationId/members/:personId/role',
      params: memberInput,
      body: input({ role: Type.Union([Type.Literal('admin'), Type.Literal('member')]) }),
      access: 'session',
      socket: true,
      handle: (actor, { conversationId, personId, role }) =>
        groups.members.setRole(actor, conversationId, personId, role),
    }),
  ];
}
