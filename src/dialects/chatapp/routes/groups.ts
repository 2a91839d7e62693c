import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, worded } from '../errors.ts';
import { Chats, inviteLink } from '../read-chats.ts';
import { done, GroupActions, groupFull, inGroup, readIds } from './group-actions.ts';

/** Most people who are shown that wait to be let in. */
const maxRequests = 200;

/** Both prefixes of a path of one group. */
const both = (rest: string): string[] => [`/api/groups/:id${rest}`, `/api/chats/:id${rest}`];

const idOf = ({ params }: Call): string => params.id ?? '';

/** Groups: what they are, who is in them and as what, and coming in by a link. */
export function groupRoutes(deps: ChatappDeps): Route[] {
  const { groups } = deps.engine;
  const chats = new Chats(deps);
  const actions = new GroupActions(deps, chats);
  const route = (
    method: Route['method'],
    path: string | string[],
    handle: (actor: Actor, call: Call) => Promise<Answer>,
  ): Route => ({
    method,
    path,
    access: 'session',
    async handle(actor, call) {
      actions.assertOn();
      return handle(actor, call);
    },
  });
  return [
    route('GET', '/api/groups', async (actor, call) => {
      const found = await chats.list(actor, call, { kind: 'group' });
      return { body: { success: true, data: { groups: found.chats } } };
    }),
    route('GET', '/api/groups/:id', async (actor, call) => {
      const chat = await chats.one(actor, call, idOf(call));
      if (chat.type !== 'group') throw new Refusal(404, 'Group not found');
      return { body: { success: true, data: { group: chat, chat } } };
    }),
    route('PUT', both(''), (actor, call) => actions.update(actor, call)),
    route('DELETE', '/api/groups/:id', async (actor, call) => {
      const words = { not_permitted: [403, 'Only group owner can delete the group'] } as const;
      await inGroup(words, () => groups.close(actor, idOf(call)));
      return done('Group deleted successfully');
    }),
    ...memberRoutes(deps, chats, actions, route),
    ...inviteRoutes(deps, chats, actions, route),
  ];
}

type MakeRoute = (
  method: Route['method'],
  path: string | string[],
  handle: (actor: Actor, call: Call) => Promise<Answer>,
) => Route;

/** @throws InvalidFields */
function readUserId({ body }: Call): string {
  const fields = new Fields(body);
  const id = fields.requiredText(['userId', 'newOwnerId', 'participantId'], { message: 'User ID is required' });
  fields.assertValid();
  return id;
}

const notIn = [404, 'Participant not found'] as const;
const ownerOnly = [403, 'Only group owner can change roles'] as const;

function memberRoutes({ engine }: ChatappDeps, chats: Chats, actions: GroupActions, route: MakeRoute): Route[] {
  const { groups } = engine;
  const leave = async (actor: Actor, call: Call): Promise<Answer> => {
    await inGroup({}, () => groups.leave(actor, idOf(call)));
    return done('Left group successfully');
  };
  const add = async (actor: Actor, call: Call): Promise<Answer> => {
    const ids = readIds(new Fields(call.body)) ?? [];
    const one = new Fields(call.body).value('userId');
    const wanted = ids.length === 0 && typeof one === 'string' ? [one] : ids;
    if (wanted.length === 0) throw new Refusal(400, 'User IDs array required');
    const words = { not_permitted: [403, 'Only admins can add members'], limit_reached: groupFull } as const;
    const { added } = await inGroup(words, () => groups.members.add(actor, idOf(call), wanted));
    const { show, people } = await actions.show(actor, call, added);
    const chat = await chats.one(actor, call, idOf(call));
    const message = `${added.length} participants added successfully`;
    return done(message, { addedUsers: people.map(show), chat });
  };
  const remove = async (actor: Actor, call: Call): Promise<Answer> => {
    const personId = call.params.userId ?? '';
    if (personId === actor.personId) return leave(actor, call);
    const words = { not_permitted: [403, 'Only admins can remove members'], person_not_found: notIn } as const;
    await inGroup(words, () =>
      ofOwner('Cannot remove group owner', () => groups.members.remove(actor, idOf(call), personId)),
    );
    return done('Participant removed successfully');
  };
  const setRole = async (actor: Actor, call: Call): Promise<Answer> => {
    const fields = new Fields(call.body);
    const personId = call.params.userId ?? '';
    const role = fields.choice('role', ['admin', 'member'], 'Role must be admin or member');
    if (role === undefined && fields.value('role') === undefined)
      fields.problem('role', 'Role must be admin or member');
    fields.assertValid();
    const words = { not_permitted: ownerOnly, person_not_found: notIn } as const;
    await inGroup(words, () =>
      ofOwner('Cannot change owner role', () => groups.members.setRole(actor, idOf(call), personId, role ?? 'member')),
    );
    return done('Participant role updated successfully', { userId: personId, role });
  };
  return [
    route('POST', both('/participants'), add),
    route('DELETE', both('/participants/:userId'), remove),
    route('POST', both('/leave'), leave),
    route('PUT', both('/participants/:userId/role'), setRole),
    route('POST', both('/transfer'), async (actor, call) => {
      const words = {
        not_permitted: [403, 'Only group owner can transfer ownership'],
        person_not_found: notIn,
      } as const;
      const personId = readUserId(call);
      await inGroup(words, () => groups.transfer(actor, idOf(call), personId));
      return done('Ownership transferred successfully', { chat: await chats.one(actor, call, idOf(call)) });
    }),
  ];
}

/** The owner stays what they are: that is a rule of groups, and no matter of who asks. */
async function ofOwner(message: string, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof EngineError && error.details.role === 'owner') throw new Refusal(400, message);
    throw error;
  }
}

function inviteRoutes({ engine }: ChatappDeps, chats: Chats, actions: GroupActions, route: MakeRoute): Route[] {
  const { invites, joinRequests } = engine.groups;
  const admins = { not_permitted: [403, 'Only admins can manage invites'] } as const;
  const judges = { not_permitted: [403, 'Only admins can answer join requests'], limit_reached: groupFull } as const;
  return [
    route('POST', both('/invite'), async (actor, call) => {
      const invite = await inGroup(admins, () => invites.create(actor, idOf(call), { expiresAt: null, maxUses: null }));
      const data = { inviteLink: inviteLink(call.base, invite.code), code: invite.code };
      return done('Invite link created successfully', data);
    }),
    route('DELETE', both('/invite'), async (actor, call) => {
      await inGroup(admins, () => invites.revoke(actor, idOf(call)));
      return done('Invite link revoked successfully');
    }),
    route('POST', '/api/groups/join', async (actor, call) => {
      const fields = new Fields(call.body);
      const given = fields.requiredText(['code', 'inviteCode', 'inviteLink'], { message: 'Invite code is required' });
      fields.assertValid();
      const code = given.split('/').at(-1) ?? '';
      const { conversationId, pending } = await worded({ limit_reached: groupFull }, () => invites.join(actor, code));
      if (pending) {
        return { status: 202, body: { success: true, message: 'Join request sent', data: { pending: true } } };
      }
      return done('Joined group successfully', { chat: await chats.one(actor, call, conversationId) });
    }),
    route('GET', both('/requests'), async (actor, call) => {
      const { items } = await inGroup(judges, () => joinRequests.list(actor, idOf(call), { limit: maxRequests }));
      const { show } = await actions.show(
        actor,
        call,
        items.map(({ person }) => person.id),
      );
      const requests = items.map(({ person, requestedAt }) => ({
        _id: `${idOf(call)}:${person.id}`,
        userId: show(person),
        requestedAt: requestedAt.toISOString(),
      }));
      return { body: { success: true, data: { requests } } };
    }),
    route('POST', both('/requests/:userId'), async (actor, call) => {
      const fields = new Fields(call.body);
      const approve = fields.flag('approve', 'approve must be true or false');
      if (approve === undefined && fields.value('approve') === undefined) {
        fields.problem('approve', 'approve must be true or false');
      }
      fields.assertValid();
      const personId = call.params.userId ?? '';
      if (!approve) {
        await inGroup(judges, () => joinRequests.deny(actor, idOf(call), personId));
        return done('Join request declined');
      }
      await inGroup(judges, () => joinRequests.approve(actor, idOf(call), personId));
      return done('Join request approved', { chat: await chats.one(actor, call, idOf(call)) });
    }),
  ];
}
