import type { Member } from '../index.ts';
import { choosePerson, findPerson } from './choose.ts';
import { nameOf, oneLine } from './plain-text.ts';
import type { Screen } from './screen.ts';

const maxMembersListed = 200;

/** Makes a group, of which I am the owner, and opens it. */
export async function makeGroup(screen: Screen, title: string): Promise<void> {
  const { conversation } = await screen.client.request('groups.create', { title });
  screen.talkIn(conversation.id, oneLine(title));
  screen.note('/add brings people in; /invite makes a code that others come in by');
}

export function addMember(screen: Screen, text: string): Promise<void> {
  const conversationId = screen.open;
  return findPerson(screen, text, async (person) => {
    const answer = await screen.client.request('members.add', { conversationId, people: [person.id] });
    const [refused] = answer.notAdded;
    if (refused) return screen.note(`${nameOf(person)} ${refusal[refused.reason]}`);
    if (answer.added.length === 0) screen.note(`${nameOf(person)} is in it already`);
  });
}

const refusal: Record<string, string> = {
  privacy: 'wants to be asked: give them the code of /invite',
  unavailable: 'cannot be added',
};

export async function removeMember(screen: Screen, name: string): Promise<void> {
  const conversationId = screen.open;
  const { items } = await screen.client.request('members.list', { conversationId, q: name });
  const people = items.map(({ person }) => person).filter(({ id }) => id !== screen.client.me?.id);
  await choosePerson(screen, name, people, async ({ id }) => {
    await screen.client.request('members.remove', { conversationId, personId: id });
  });
}

export async function listMembers(screen: Screen): Promise<void> {
  const page = { conversationId: screen.open, limit: maxMembersListed };
  const { items, next } = await screen.client.request('members.list', page);
  for (const member of items) screen.print(`  ${memberLine(screen, member)}`);
  if (next !== null) screen.note(`and more than these ${items.length}`);
}

function memberLine({ client }: Screen, { person, role }: Member): string {
  const marks = [
    role !== 'member' && role,
    person.id === client.me?.id && 'you',
    client.presence(person.id)?.online && 'online',
  ].filter(Boolean);
  return [nameOf(person), ...marks].join(', ');
}

export async function leaveGroup(screen: Screen): Promise<void> {
  await screen.client.request('groups.leave', { conversationId: screen.open });
}

/** Shows the code of the group's invite link, and makes one where there is none. */
export async function invite(screen: Screen): Promise<void> {
  const conversationId = screen.open;
  const { invite: held } = await screen.client.request('invites.get', { conversationId });
  const { code } = held ?? (await screen.client.request('invites.create', { conversationId }));
  screen.print(`Who enters /join ${code} comes in.`);
}

/** Comes into a group by the code of its invite link. */
export async function join(screen: Screen, code: string): Promise<void> {
  const { pending, conversation } = await screen.client.request('invites.join', { code });
  if (pending) screen.note('an admin of the group has to let you in');
  if (conversation) screen.talkIn(conversation.id, oneLine(conversation.title ?? ''));
}
