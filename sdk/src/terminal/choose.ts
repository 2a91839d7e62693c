import type { Person } from '../index.ts';
import { titleOf } from './conversation-line.ts';
import { bold, nameOf, oneLine } from './plain-text.ts';
import type { Screen } from './screen.ts';

type Use<Value> = (value: Value) => void | Promise<void>;

/** Finds somebody by part of a name or a whole phone number. Where there are several, one is chosen by number. */
export async function findPerson(screen: Screen, text: string, use: Use<Person>): Promise<void> {
  const people = await screen.client.searchPeople(text);
  await choosePerson(
    screen,
    text,
    people.filter(({ id }) => id !== screen.client.me?.id),
    use,
  );
}

/** Takes the one of these people that is meant; where there are several, one is chosen by number. */
export async function choosePerson(
  screen: Screen,
  text: string,
  people: readonly Person[],
  use: Use<Person>,
): Promise<void> {
  if (people.length === 0) throw new Error(`Nobody is found by “${oneLine(text)}”.`);
  if (people.length === 1) return use(people[0] as Person);
  screen.offer(
    'Who is it?',
    people.map((person) => ({
      label: `${nameOf(person)}${person.username ? ` @${oneLine(person.username)}` : ''}`,
      choose: () => use(person),
    })),
  );
}

/** Finds one of my conversations by its title, or else the one with a person. */
export async function findConversation(
  screen: Screen,
  text: string,
  use: Use<{ id: string; title: string }>,
): Promise<void> {
  const wanted = text.toLowerCase();
  const all = screen.client.conversations().map((each) => ({ ...each, title: titleOf(each) }));
  const exact = all.filter(({ title }) => title.toLowerCase() === wanted);
  const found = exact.length > 0 ? exact : all.filter(({ title }) => title.toLowerCase().includes(wanted));
  if (found.length === 1) return use(found[0] as { id: string; title: string });
  if (found.length === 0) {
    return findPerson(screen, text, async (person) => {
      const { id } = await screen.client.startDirect(person.id);
      await use({ id, title: nameOf(person) });
    });
  }
  screen.offer(
    'Which one?',
    found.map((each) => ({ label: bold(each.title), choose: () => use(each) })),
  );
}
