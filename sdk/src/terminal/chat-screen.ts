import type { ChatMessage, Client, Draft } from '../index.ts';
import { Choices } from './choices.ts';
import { parseCommand } from './command.ts';
import { commands } from './commands.ts';
import { preview, titleOf } from './conversation-line.ts';
import { errorWords } from './error-words.ts';
import { find, list } from './general-commands.ts';
import type { LineReader } from './line-reader.ts';
import { OpenConversation } from './open-conversation.ts';
import { eraseEntered, note, print, progress } from './output.ts';
import { bold, excerpt, nameOf, timeOf } from './plain-text.ts';
import type { Choice, Screen, StoredMessage } from './screen.ts';

/** Conversations in a plain terminal: lines go up, and the line that is being typed stays below. */
export class ChatScreen implements Screen {
  readonly client: Client;
  readonly url: string;
  readonly #lines: LineReader;
  readonly #choices = new Choices();
  #open: OpenConversation | null = null;
  #listed = false;

  readonly print = print;
  readonly note = note;
  readonly progress = progress;

  constructor(client: Client, lines: LineReader, url: string) {
    this.client = client;
    this.#lines = lines;
    this.url = url;
  }

  /** Resolves when nothing more is typed. One line is done before the next, so that each meets what it was typed for. */
  async run(): Promise<void> {
    print(`You are ${bold(nameOf(this.client.me))}. /help says what you can do.`);
    this.#listen();
    if (this.client.connection === 'online') this.#online();
    this.#prompt();
    for (let line = await this.#lines.next(); line !== null; line = await this.#lines.next()) {
      try {
        await this.#enter(line);
      } catch (error) {
        note(errorWords(error));
      }
      this.#prompt();
    }
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  get open(): string {
    return this.#current.id;
  }

  personName(personId: string): string {
    return personId === this.client.me?.id ? 'you' : nameOf(this.client.person(personId));
  }

  title(conversationId: string): string {
    if (this.#open?.id === conversationId) return this.#open.title;
    const conversation = this.client.conversation(conversationId);
    return conversation ? titleOf(conversation) : 'another conversation';
  }

  message(number: string): StoredMessage {
    return this.#current.message(number);
  }

  say(draft: Draft): void {
    const { id } = this.#current;
    eraseEntered();
    this.client.send(id, draft);
  }

  talkIn(conversationId: string, title = ''): void {
    this.#open = new OpenConversation(this.client, (id) => this.personName(id), conversationId, title);
    this.#open.showAll();
    void this.#watch();
  }

  showOlder(): Promise<void> {
    return this.#current.showOlder();
  }

  offer(question: string, choices: readonly Choice[]): void {
    this.#choices.replace(choices);
    print(question);
    for (const [index, { label }] of choices.entries()) print(`  ${index + 1}  ${label}`);
    print(this.isOpen ? 'Choose with /open and the number.' : 'Choose a number, or give a name or a phone number.');
  }

  choose(number: string): void | Promise<void> {
    const choose = this.#choices.get(number);
    if (!choose) throw new Error('There is no such number to choose.');
    return choose();
  }

  leaveOpen(): void {
    this.#open = null;
  }

  end(): void {
    this.#lines.close();
  }

  get #current(): OpenConversation {
    if (!this.#open) throw new Error('No conversation is open. /list shows yours.');
    return this.#open;
  }

  /** The conversation with this id, where it is the one that is open. */
  #opened(conversationId: string): OpenConversation | null {
    return this.#open?.id === conversationId ? this.#open : null;
  }

  #listen(): void {
    const { client } = this;
    const on: Client['on'] = (type, listener) =>
      client.on(type, (payload) => {
        listener(payload);
        this.#prompt();
      });
    on('connection', (state) => {
      const { queued } = client;
      if (state === 'connecting') note('offline; what you write is kept and sent later');
      if (state !== 'online') return;
      note(queued > 0 ? `online; sending ${queued} kept messages` : 'online');
      this.#online();
    });
    on('message', (message) => this.#showNew(message));
    on('messageChanged', (message) => this.#opened(message.conversationId)?.showChanged(message));
    on('receipt', ({ conversationId, personId }) => {
      if (personId !== client.me?.id) this.#opened(conversationId)?.showReceipt();
    });
    on('conversationRemoved', ({ conversationId }) => {
      const open = this.#opened(conversationId);
      if (!open) return;
      note(`you are not in “${open.title}” any more`);
      this.#open = null;
    });
    on('reset', ({ conversationId }) => {
      if (client.connection !== 'syncing') this.#opened(conversationId)?.showAll();
    });
    on('typing', ({ conversationId, personId, typing }) => {
      if (typing && this.#opened(conversationId)) note(`… ${this.personName(personId)} is typing`);
    });
    on('presence', ({ personId, online, lastSeenAt }) => {
      if (this.#open?.peerId !== personId) return;
      note(`${this.personName(personId)} is ${online ? 'online' : `away since ${timeOf(lastSeenAt)}`}`);
    });
    on('scheduled', ({ scheduled }) => {
      if (scheduled?.failure) note(`“${excerpt(scheduled.text)}” could not be sent (${scheduled.failure})`);
    });
    on('signedOut', ({ reason }) => {
      note(`signed out (${reason}); start again to sign in`);
      this.end();
    });
    on('error', (error) => note(errorWords(error)));
    process.stdin.on('keypress', () => {
      // Not for commands, and not for an empty line.
      if (this.#open && client.me && /^[^/]/.test(this.#lines.typed)) client.setTyping(this.#open.id);
    });
  }

  #online(): void {
    void this.#watch();
    // Only now is it known which conversations there are.
    if (!this.#listed && !this.#open) list(this, '');
    this.#listed = true;
  }

  async #enter(line: string): Promise<void> {
    if (line === '') return;
    if (line.startsWith('/') && !line.startsWith('//')) {
      const parsed = parseCommand(commands, line);
      if ('problem' in parsed) throw new Error(parsed.problem);
      return parsed.command.run(this, ...parsed.given);
    }
    const text = line.startsWith('//') ? line.slice(1) : line;
    if (this.#open) return this.say({ text });
    // Nobody is chosen yet: a number chooses, anything else looks for somebody.
    return /^\d{1,3}$/.test(text) ? this.choose(text) : find(this, text);
  }

  #showNew(message: ChatMessage): void {
    const { conversationId, mine } = message;
    this.#opened(conversationId)?.showNew(message);
    if (mine || this.#opened(conversationId) || this.client.conversation(conversationId)?.muted) return;
    const number = this.#choices.answer(conversationId, () => this.talkIn(conversationId));
    note(`${this.#news(message)} (${this.isOpen ? `/open ${number}` : number} to answer)`);
  }

  /** What is new in a conversation that is not open. */
  #news(message: ChatMessage): string {
    const names = (id: string): string => this.personName(id);
    const { kind = 'direct' } = this.client.conversation(message.conversationId) ?? {};
    const words = preview(message, kind, names);
    return kind === 'group'
      ? `${this.title(message.conversationId)}: ${words}`
      : `${names(message.senderId)} writes: ${words}`;
  }

  /** Follows those with whom there are conversations. */
  async #watch(): Promise<void> {
    const peers = this.client.conversations().flatMap(({ peer }) => (peer ? [peer.id] : []));
    await this.client.watchPresence(peers.slice(0, 100)).catch(() => {});
  }

  #prompt(): void {
    // In a pipe there is nobody to be asked.
    if (!process.stdout.isTTY) return;
    const { client } = this;
    const typing = client.conversation(this.#open?.id ?? '')?.typing.length ? '… ' : '';
    const away = client.connection === 'online' ? '' : '(offline) ';
    this.#lines.prompt(`${away}${typing}${this.#open ? `${this.#open.title} < ` : '> '}`);
  }
}
