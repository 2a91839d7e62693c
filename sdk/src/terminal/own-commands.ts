import type { Person } from '../index.ts';
import { choosePerson, findPerson } from './choose.ts';
import { nameOf } from './plain-text.ts';
import type { Screen } from './screen.ts';

export async function mute(screen: Screen): Promise<void> {
  await screen.client.settings.mute(screen.open);
  screen.note('muted; new messages are not told while it is not open');
}

export async function unmute(screen: Screen): Promise<void> {
  await screen.client.settings.unmute(screen.open);
  screen.note('not muted any more');
}

/** Into the archive, or out of it. */
export async function archive(screen: Screen): Promise<void> {
  const archived = !screen.client.conversation(screen.open)?.archived;
  await screen.client.settings.archive(screen.open, archived);
  screen.note(archived ? 'archived; /list archived shows it' : 'not archived any more');
}

/** Blocks somebody; without a name, whom I talk to. */
export async function block(screen: Screen, name: string): Promise<void> {
  const use = async (person: Person): Promise<void> => {
    await screen.client.blocks.add(person.id);
    screen.note(`${nameOf(person)} is blocked`);
  };
  return name === '' ? use(peerOf(screen)) : findPerson(screen, name, use);
}

/** Who is blocked is not found as others are. */
export async function unblock(screen: Screen, name: string): Promise<void> {
  const use = async (person: Person): Promise<void> => {
    await screen.client.blocks.remove(person.id);
    screen.note(`${nameOf(person)} is not blocked any more`);
  };
  if (name === '') return use(peerOf(screen));
  const { items } = await screen.client.blocks.list({ limit: 200 });
  const people = items.map(({ person }) => person).filter((each) => matches(each, name.toLowerCase()));
  return choosePerson(screen, name, people, use);
}

const matches = ({ name, username }: Person, text: string): boolean =>
  name.toLowerCase().includes(text) || username?.toLowerCase() === text;

function peerOf(screen: Screen): Person {
  const peer = screen.client.conversation(screen.open)?.peer;
  if (!peer) throw new Error('Whom? Give a name.');
  return peer;
}
