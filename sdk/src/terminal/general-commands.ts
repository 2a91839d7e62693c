import { findPerson } from './choose.ts';
import { conversationLine, preview, titleOf } from './conversation-line.ts';
import { dim, nameOf, timeOf } from './plain-text.ts';
import type { Screen } from './screen.ts';

const maxListed = 20;
const whom = 'Whom do you want to talk to? Give a name or a phone number.';

/** My conversations, the pinned ones on top. */
export function list(screen: Screen, which: string): void {
  const archived = which === 'archived';
  if (which !== '' && !archived) throw new Error('It is /list, or /list archived.');
  screen.leaveOpen();
  const all = screen.client.conversations().filter((each) => each.archived === archived);
  const ordered = [...all.filter(({ pinned }) => pinned), ...all.filter(({ pinned }) => !pinned)];
  if (ordered.length === 0) {
    screen.print(archived ? 'Nothing is archived.' : `No conversations yet. ${whom}`);
    return;
  }
  screen.offer(
    archived ? 'In the archive:' : 'Your conversations:',
    ordered.slice(0, maxListed).map((each) => ({
      label: conversationLine(each, (id) => screen.personName(id)),
      choose: () => screen.talkIn(each.id),
    })),
  );
}

export function find(screen: Screen, text: string): Promise<void> {
  return findPerson(screen, text, async (person) => {
    screen.talkIn((await screen.client.startDirect(person.id)).id);
  });
}

/** Finds messages in the open conversation; where none is open, in all. */
export async function search(screen: Screen, words: string): Promise<void> {
  const { client } = screen;
  const where = screen.isOpen ? { conversationId: screen.open } : {};
  const { items, next } = await client.messageActions.search({ q: words, ...where });
  if (items.length === 0) return screen.print('Nothing is found.');
  const names = (id: string): string => screen.personName(id);
  screen.offer(
    next === null ? 'Found:' : `The last ${items.length} that are found:`,
    items.map(({ conversationId, message }) => {
      const conversation = client.conversation(conversationId);
      const title = conversation ? titleOf(conversation) : screen.title(conversationId);
      return {
        label: `${dim(timeOf(message.createdAt))} ${title}  ${preview(message, 'group', names)}`,
        choose: () => screen.talkIn(conversationId),
      };
    }),
  );
}

export function who(screen: Screen): void {
  const { client } = screen;
  screen.print(`You are ${nameOf(client.me)}, ${client.connection}, at ${screen.url}.`);
}
