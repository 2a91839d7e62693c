import { findConversation } from './choose.ts';
import { excerpt, timeOf } from './plain-text.ts';
import type { Screen } from './screen.ts';

/** On the way to the server some time passes, and it takes nothing that is less than a minute away. */
const allowance = 5_000;

export function reply(screen: Screen, number: string, text: string): void {
  screen.say({ text, replyTo: screen.message(number).id });
}

export async function edit(screen: Screen, number: string, text: string): Promise<void> {
  await screen.client.request('messages.edit', { ...named(screen, number), text });
}

export async function deleteMessage(screen: Screen, number: string): Promise<void> {
  await screen.client.request('messages.delete', named(screen, number));
}

export async function hide(screen: Screen, number: string): Promise<void> {
  const { conversationId, messageId } = named(screen, number);
  await screen.client.messageActions.hide(conversationId, [messageId]);
  screen.note(`${number} is deleted for you alone`);
}

/** Without an emoji, takes mine back. */
export async function react(screen: Screen, number: string, emoji: string): Promise<void> {
  const message = named(screen, number);
  if (emoji === '') await screen.client.request('reactions.remove', message);
  else await screen.client.request('reactions.set', { ...message, emoji });
}

export async function star(screen: Screen, number: string): Promise<void> {
  const { id, conversationId, starred } = screen.message(number);
  const { messageActions } = screen.client;
  if (starred) await messageActions.unstar(conversationId, id);
  else await messageActions.star(conversationId, id);
}

export async function pin(screen: Screen, number: string): Promise<void> {
  const { pinnedAt } = screen.message(number);
  await screen.client.request(pinnedAt === null ? 'pins.add' : 'pins.remove', named(screen, number));
}

export function forward(screen: Screen, number: string, to: string): Promise<void> {
  const { conversationId, messageId } = named(screen, number);
  return findConversation(screen, to, async ({ id, title }) => {
    const given = { conversationId, messageIds: [messageId], to: [id] };
    const { items } = await screen.client.request('messages.forward', given);
    const error = items.flatMap(({ results }) => results).find((result) => result.error)?.error;
    if (error) throw new Error(error.message);
    screen.note(`forwarded to ${title}`);
  });
}

/** Sends a message in some minutes. */
export async function sendLater(screen: Screen, minutes: string, text: string): Promise<void> {
  const sendAt = new Date(Date.now() + Number(minutes) * 60_000 + allowance).toISOString();
  await screen.client.request('scheduled.create', { conversationId: screen.open, text, sendAt });
  screen.note(`it is sent at ${timeOf(sendAt)}; /scheduled shows what waits`);
}

/** What waits to be sent, in all conversations; choosing one gives it up. */
export async function listScheduled(screen: Screen): Promise<void> {
  const { items } = await screen.client.request('scheduled.list', {});
  if (items.length === 0) return screen.print('Nothing waits to be sent.');
  screen.offer(
    'These wait to be sent. Choosing one gives it up.',
    items.map(({ id, conversationId, text, sendAt, failure }) => ({
      label: `${failure ? `failed (${failure})` : timeOf(sendAt)} ${screen.title(conversationId)}: ${excerpt(text)}`,
      choose: async () => {
        await screen.client.request('scheduled.cancel', { scheduledId: id });
        screen.note('it is not sent');
      },
    })),
  );
}

function named(screen: Screen, number: string): { conversationId: string; messageId: string } {
  const { id, conversationId } = screen.message(number);
  return { conversationId, messageId: id };
}
