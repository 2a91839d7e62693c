import type { SharedFact } from './facts.ts';
import type { Conversation, Events, Member, Person, Receipt } from './generated/protocol.ts';

/** Groups with more members than this show none of them. */
const maxMembersShown = 100;

type ViewFact = Extract<SharedFact, { type: 'conversation.updated' | `member${string}` }>;

/** A conversation after a change of what it is, or of who is in it. */
export function afterChange(view: Conversation, fact: ViewFact, me: string): Conversation {
  switch (fact.type) {
    case 'conversation.updated':
      return { ...view, ...fact.data.conversation };
    case 'members.joined': {
      const { memberCount, members } = fact.data;
      return { ...view, memberCount, members: withJoined(view.members, members, memberCount) };
    }
    case 'member.left': {
      const { memberCount, personId, roles } = fact.data;
      const members = view.members.filter(({ person }) => person.id !== personId);
      return withRoles({ ...view, memberCount, members }, roles, me);
    }
    case 'members.updated':
      return withRoles(view, fact.data.roles, me);
  }
}

/** Whether members should be shown that are not known here. */
export const lacksMembers = ({ memberCount, members }: Conversation): boolean =>
  memberCount <= maxMembersShown && members.length < memberCount;

function withJoined(members: readonly Member[], joined: readonly Member[], memberCount: number): Member[] {
  if (memberCount > maxMembersShown) return [];
  const held = new Set(members.map(({ person }) => person.id));
  return [...members, ...joined.filter(({ person }) => !held.has(person.id))].sort(byJoining);
}

function withRoles(view: Conversation, roles: Events['members.updated']['roles'], myId: string): Conversation {
  const roleOf = new Map(roles.map(({ personId, role }) => [personId, role]));
  const members = view.members.map((member) => ({ ...member, role: roleOf.get(member.person.id) ?? member.role }));
  return { ...view, members, me: { ...view.me, role: roleOf.get(myId) ?? view.me.role } };
}

/** Watermarks only grow. @returns the same list where nothing has changed */
export function withReceipt(members: Member[], { personId, read, delivered }: Receipt): Member[] {
  const held = members.find(({ person }) => person.id === personId);
  if (!held || (read <= held.read && delivered <= held.delivered)) return members;
  const moved = { ...held, read: Math.max(read, held.read), delivered: Math.max(delivered, held.delivered) };
  return members.map((member) => (member === held ? moved : member));
}

/** @returns the same list where nothing has changed */
export function withPerson(members: Member[], person: Person): Member[] {
  const held = members.find((member) => member.person.id === person.id);
  if (!held || !replaces(person, held.person)) return members;
  return members.map((member) => (member === held ? { ...member, person: shown(person) } : member));
}

/** Whether a profile tells more than the one that is held: it is newer, or whole where that one was limited. */
export function replaces(person: Person, held: Person): boolean {
  if (person.version !== held.version) return person.version > held.version;
  return held.limited === true && person.limited !== true;
}

/** A profile event of my own person carries more than others see. */
function shown({ id, name, username, about, photoUrl, deleted, version, limited }: Person): Person {
  return { id, name, username, about, photoUrl, deleted, version, ...(limited && { limited }) };
}

function byJoining(a: Member, b: Member): number {
  if (a.joinedAt !== b.joinedAt) return a.joinedAt < b.joinedAt ? -1 : 1;
  return a.person.id < b.person.id ? -1 : 1;
}
