import type { ChatMessage, Client } from '../index.ts';
import { titleOf } from './conversation-line.ts';
import { messageBody, messageLine, ticks } from './message-line.ts';
import { messageWords } from './message-words.ts';
import { note, print } from './output.ts';
import { dim, excerpt, timeOf } from './plain-text.ts';
import type { StoredMessage } from './screen.ts';
import { ShownMessages } from './shown-messages.ts';
import type { Names } from './system-words.ts';

const maxShown = 30;

/** The conversation that is shown. A plain terminal cannot change a line that has gone up: what changes is said again. */
export class OpenConversation {
  readonly id: string;
  readonly #client: Client;
  readonly #names: Names;
  readonly #shown = new ShownMessages();
  /** Kept for when I am no longer in it. */
  #title: string;

  /** @param title until the client holds the conversation */
  constructor(client: Client, names: Names, id: string, title: string) {
    this.#client = client;
    this.#names = names;
    this.id = id;
    this.#title = title;
  }

  get title(): string {
    const conversation = this.#client.conversation(this.id);
    if (conversation) this.#title = titleOf(conversation);
    return this.#title;
  }

  /** The other person of a direct conversation. */
  get peerId(): string | undefined {
    return this.#client.conversation(this.id)?.peer?.id;
  }

  /** The message that is shown with a number. @throws Error where there is none, or the server has not got it yet */
  message(number: string): StoredMessage {
    const message = this.#shown.find(Number(number), this.#client.messages(this.id));
    if (!message) throw new Error(`There is no message with the number ${number}.`);
    if (message.id === null) throw new Error('The server has not got this message yet.');
    return message as StoredMessage;
  }

  showAll(): void {
    this.#shown.clear();
    print(dim(`── ${this.title}${this.#about()} ${'─'.repeat(20)}`));
    if (this.#client.conversation(this.id)?.hasOlder) print(dim('   /older shows what came before'));
    for (const message of this.#client.messages(this.id).slice(-maxShown)) this.#show(message);
    this.#markRead();
  }

  async showOlder(): Promise<void> {
    await this.#client.loadOlder(this.id);
    for (const message of this.#client.messages(this.id)) this.#show(message);
  }

  showNew(message: ChatMessage): void {
    this.#show(message);
    if (!message.mine) this.#markRead();
  }

  /** Shows a message again, or only its ticks where nothing else has changed. */
  showChanged(message: ChatMessage): void {
    const shown = this.#shown.get(message);
    if (!shown || message.hidden) return;
    if (messageBody(message, this.#names) === shown.body) this.#showTicks([message]);
    else this.#show(message, '~');
  }

  /** Somebody has received or read more. */
  showReceipt(): void {
    this.#showTicks(this.#client.messages(this.id).filter(({ mine }) => mine));
  }

  #show(message: ChatMessage, mark = ''): void {
    const number = this.#shown.add(message, messageBody(message, this.#names));
    print(`${mark}${messageLine(message, number, this.#names)}`);
  }

  /** Says new ticks for the last message that got each. */
  #showTicks(messages: readonly ChatMessage[]): void {
    const latest = new Map<ChatMessage['status'], { message: ChatMessage; count: number }>();
    for (const message of messages) {
      const shown = this.#shown.get(message);
      if (!shown || shown.status === message.status) continue;
      this.#shown.add(message, shown.body);
      latest.set(message.status, { message, count: (latest.get(message.status)?.count ?? 0) + 1 });
    }
    for (const [status, { message, count }] of latest) {
      const failure = message.failure ? ` (${message.failure.message})` : '';
      const more = count > 1 ? ` and ${count - 1} before it` : '';
      note(`   ${ticks[status]} “${excerpt(messageWords(message, this.#names), 30)}”${more}${failure}`);
    }
  }

  #about(): string {
    const conversation = this.#client.conversation(this.id);
    if (conversation?.kind === 'group') return `, ${conversation.memberCount} in it`;
    const presence = this.#client.presence(this.peerId ?? '');
    if (presence?.online) return ', online';
    return presence?.lastSeenAt ? `, seen ${timeOf(presence.lastSeenAt)}` : '';
  }

  #markRead(): void {
    this.#client.markRead(this.id).catch(() => {});
  }
}
