import { clearLine, cursorTo } from 'node:readline';
import type { Interface } from 'node:readline/promises';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { ChatConversation, ChatMessage, Client, Person } from '../index.ts';
import { wordsOf } from './sign-in.ts';

const help = `  /list              your conversations
  /open NUMBER       open one of the list, or answer a message
  /find NAME|PHONE   find a person
  /older             earlier messages
  /who               who you are, and how you are connected
  /signout           end the session
  /quit              leave; what is not sent is sent next time
  /help              this
Anything else is sent to whom you talk to.`;

const ticks: Record<ChatMessage['status'], string> = {
  pending: '…',
  sent: '✓',
  delivered: '✓✓',
  read: styleText('cyan', '✓✓ read'),
  failed: styleText('red', '✗ failed'),
};

/** A conversation in a plain terminal: lines go up, and the line that is being typed stays below. */
export class ChatScreen {
  readonly #client: Client;
  readonly #lines: Interface;
  readonly #url: string;
  #open: string | null = null;
  #listed = false;
  /** What the numbers of the last list mean. */
  #choices: (() => void | Promise<void>)[] = [];
  /** Own messages whose ticks were not shown yet, by key. */
  readonly #shown = new Map<string, ChatMessage['status']>();

  constructor(client: Client, lines: Interface, url: string) {
    this.#client = client;
    this.#lines = lines;
    this.#url = url;
  }

  open(): void {
    const client = this.#client;
    this.#print(`You are ${bold(nameOf(client.me))}. /help says what you can do.`);
    client.on('connection', (state) => {
      const { queued } = client;
      if (state === 'connecting') this.#note('offline; what you write is kept and sent later');
      if (state === 'online') this.#note(queued > 0 ? `online; sending ${queued} kept messages` : 'online');
      if (state === 'online') this.#online();
      this.#prompt();
    });
    client.on('message', (message) => this.#showNew(message));
    client.on('messageChanged', (message) => this.#showTicks([message]));
    client.on('receipt', ({ conversationId, personId }) => {
      if (conversationId !== this.#open || personId === client.me?.id) return;
      this.#showTicks(client.messages(conversationId).filter(({ mine }) => mine));
    });
    client.on('reset', ({ conversationId }) => {
      if (conversationId === this.#open && client.connection !== 'syncing') this.#showMessages();
    });
    client.on('typing', ({ conversationId, personId, typing }) => {
      if (conversationId !== this.#open) return;
      if (typing) this.#note(`… ${this.#personName(personId)} is typing`);
      this.#prompt();
    });
    client.on('presence', ({ personId, online, lastSeenAt }) => {
      if (personId !== this.#peer()?.id) return;
      this.#note(`${this.#personName(personId)} is ${online ? 'online' : `away since ${timeOf(lastSeenAt)}`}`);
      this.#prompt();
    });
    client.on('signedOut', ({ reason }) => {
      this.#note(`signed out (${reason}); start again to sign in`);
      this.#lines.close();
    });
    client.on('error', (error) => this.#note(wordsOf(error)));

    process.stdin.on('keypress', () => {
      // Not for commands, and not for an empty line.
      if (this.#open && this.#client.me && /^[^/]/.test(this.#lines.line)) this.#client.setTyping(this.#open);
    });
    this.#lines.on('line', (line) => {
      this.#enter(line.trim())
        .catch((error: unknown) => this.#note(wordsOf(error)))
        .finally(() => this.#prompt());
    });
    if (client.connection === 'online') this.#online();
    this.#prompt();
  }

  #online(): void {
    void this.#watch();
    // Only now is it known with whom there are conversations.
    if (!this.#listed) this.#list();
  }

  async #enter(line: string): Promise<void> {
    const [command = '', ...words] = line.split(/\s+/);
    const rest = words.join(' ');
    switch (command) {
      case '':
        return;
      case '/help':
        return this.#print(help);
      case '/list':
        return this.#list();
      case '/open':
        return this.#choose(rest);
      case '/find':
        return this.#find(rest);
      case '/older':
        return this.#older();
      case '/who':
        return this.#print(`You are ${nameOf(this.#client.me)}, ${this.#client.connection}, at ${this.#url}.`);
      case '/signout':
        return this.#client.signOut();
      case '/quit':
        return this.#lines.close();
    }
    if (command.startsWith('/')) return this.#print(`There is no ${command}.\n${help}`);
    if (this.#open) return this.#say(line);
    // Nobody is chosen yet: a number chooses, anything else looks for somebody.
    return /^\d{1,3}$/.test(line) ? this.#choose(line) : this.#find(line);
  }

  #say(text: string): void {
    // The terminal has echoed the line; the message with its ticks takes its place.
    if (process.stdout.isTTY) process.stdout.write('\u001b[1A\u001b[2K');
    this.#client.send(this.#open as string, text);
  }

  #list(): void {
    this.#listed = true;
    const conversations = this.#client.conversations();
    if (conversations.length === 0) {
      this.#print('No conversations yet. Whom do you want to talk to? Give a name or a phone number.');
    } else {
      this.#print('Your conversations:');
    }
    this.#offer(
      conversations.slice(0, 20).map((each) => ({
        label: `${nameOf(each.peer)}${each.unread > 0 ? bold(` (${each.unread} new)`) : ''}${preview(each)}`,
        choose: () => this.#talkIn(each.id),
      })),
    );
  }

  async #find(text: string): Promise<void> {
    if (text === '') return this.#print('Whom? Give a part of a name, or a whole phone number.');
    const people = (await this.#client.searchPeople(text)).filter(({ id }) => id !== this.#client.me?.id);
    if (people.length === 0) return this.#print(`Nobody is called ${clean(text)}.`);
    const talk = async ({ id }: Person): Promise<void> => {
      this.#talkIn((await this.#client.startDirect(id)).id);
      void this.#watch();
    };
    if (people.length === 1) return talk(people[0] as Person);
    this.#offer(
      people.map((person) => ({
        label: `${nameOf(person)}${person.username ? ` @${person.username}` : ''}`,
        choose: () => talk(person),
      })),
    );
  }

  #offer(choices: { label: string; choose: () => void | Promise<void> }[]): void {
    this.#open = null;
    this.#choices = choices.map(({ choose }) => choose);
    for (const [index, { label }] of choices.entries()) this.#print(`  ${index + 1}  ${label}`);
    if (choices.length > 0) this.#print('Choose a number, or give a name or a phone number.');
  }

  #choose(number: string): void | Promise<void> {
    const choice = this.#choices[Number(number) - 1];
    return choice ? choice() : this.#print('There is no such number.');
  }

  #talkIn(conversationId: string): void {
    this.#open = conversationId;
    this.#showMessages();
  }

  #showMessages(): void {
    const conversation = this.#client.conversation(this.#open ?? '');
    if (!conversation) return;
    const presence = this.#client.presence(conversation.peer?.id ?? '');
    const seen = presence?.online ? ', online' : presence?.lastSeenAt ? `, seen ${timeOf(presence.lastSeenAt)}` : '';
    this.#print(styleText('dim', `── ${nameOf(conversation.peer)}${seen} ${'─'.repeat(20)}`));
    if (conversation.hasOlder) this.#print(styleText('dim', '   /older shows what came before'));
    for (const message of this.#client.messages(conversation.id).slice(-30)) this.#show(message);
    void this.#client.markRead(conversation.id).catch(() => {});
  }

  async #older(): Promise<void> {
    if (!this.#open) return;
    await this.#client.loadOlder(this.#open);
    for (const message of this.#client.messages(this.#open)) this.#show(message);
  }

  #showNew(message: ChatMessage): void {
    if (message.conversationId === this.#open) {
      this.#show(message);
      if (!message.mine) void this.#client.markRead(message.conversationId).catch(() => {});
    } else if (!message.mine) {
      const number = this.#choices.push(() => this.#talkIn(message.conversationId));
      const how = this.#open ? `/open ${number}` : String(number);
      this.#note(`${this.#personName(message.senderId)} writes: ${clean(message.text)} (${how} to answer)`);
    }
    this.#prompt();
  }

  #show(message: ChatMessage): void {
    const who = message.mine ? styleText('green', 'you') : bold(this.#personName(message.senderId));
    if (message.mine) this.#shown.set(message.key, message.status);
    this.#print(
      `${timeOf(message.createdAt)} ${who}: ${clean(message.text)}${message.mine ? `  ${ticks[message.status]}` : ''}`,
    );
  }

  /** A plain terminal cannot change a line that has gone up: what has changed is said again, for the last message of each kind. */
  #showTicks(messages: readonly ChatMessage[]): void {
    const latest = new Map<ChatMessage['status'], { message: ChatMessage; count: number }>();
    for (const message of messages) {
      const before = this.#shown.get(message.key);
      if (before === undefined || before === message.status) continue;
      this.#shown.set(message.key, message.status);
      latest.set(message.status, { message, count: (latest.get(message.status)?.count ?? 0) + 1 });
    }
    for (const [status, { message, count }] of latest) {
      const failure = message.failure ? ` (${message.failure.message})` : '';
      const more = count > 1 ? ` and ${count - 1} before it` : '';
      this.#print(styleText('dim', `      ${ticks[status]} “${clean(message.text).slice(0, 30)}”${more}${failure}`));
    }
    this.#prompt();
  }

  /** Follows those with whom there are conversations. */
  async #watch(): Promise<void> {
    const peers = this.#client.conversations().flatMap(({ peer }) => (peer ? [peer.id] : []));
    await this.#client.watchPresence(peers.slice(0, 100)).catch(() => {});
  }

  #peer(): Person | null {
    return this.#client.conversation(this.#open ?? '')?.peer ?? null;
  }

  #personName(personId: string): string {
    const members = this.#client.conversations().flatMap(({ members }) => members);
    return nameOf(members.find(({ person }) => person.id === personId)?.person ?? null);
  }

  #note(text: string): void {
    this.#print(styleText('dim', `   ${text}`));
  }

  /** Prints above the line that is being typed. */
  #print(text: string): void {
    if (process.stdout.isTTY) {
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    console.log(text);
  }

  #prompt(): void {
    const typing = this.#client.conversation(this.#open ?? '')?.typing.length ? '… ' : '';
    const away = this.#client.connection === 'online' ? '' : '(offline) ';
    this.#lines.setPrompt(`${away}${typing}${this.#open ? `${nameOf(this.#peer())} < ` : '> '}`);
    this.#lines.prompt(true);
  }
}

const bold = (text: string): string => styleText('bold', text);

/** Names and texts come from others: nothing in them may steer the terminal. */
const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');

const nameOf = (person: { name: string; deleted: boolean } | null): string =>
  person?.deleted ? 'deleted account' : clean(person?.name || 'somebody without a name');

const timeOf = (time: string | null): string =>
  time === null ? 'long ago' : new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

const preview = ({ lastMessage }: ChatConversation): string =>
  lastMessage ? styleText('dim', `  ${clean(lastMessage.text).slice(0, 40)}`) : '';
