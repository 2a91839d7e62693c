import type { ChatMessage, Client, Draft } from '../index.ts';

/** A message that the server has. */
export type StoredMessage = ChatMessage & { readonly id: string };

/** Something that can be chosen by its number. */
export interface Choice {
  readonly label: string;
  readonly choose: () => void | Promise<void>;
}

/** What a command can do with the screen. An error that it throws is shown to the person. */
export interface Screen {
  readonly client: Client;
  /** The server. */
  readonly url: string;
  /** The conversation that is open. @throws Error where none is */
  readonly open: string;
  readonly isOpen: boolean;

  print(text: string): void;
  /** Says what has happened, less loud. */
  note(text: string): void;
  /** Says how far something is, in place of what it said before. Nothing where nobody looks. */
  progress(text: string): void;
  /** What somebody is called; `you` for oneself. */
  personName(personId: string): string;
  /** What a conversation is called. */
  title(conversationId: string): string;

  /** The message that is shown with a number. @throws Error where there is none, or the server has not got it yet */
  message(number: string): StoredMessage;
  /** Sends to the open conversation. */
  say(draft: Draft): void;
  /** Opens a conversation; one that the client does not hold yet by the title that is given. */
  talkIn(conversationId: string, title?: string): void;
  showOlder(): Promise<void>;

  /** Shows what can be chosen. */
  offer(question: string, choices: readonly Choice[]): void;
  choose(number: string): void | Promise<void>;
  /** Closes the conversation that is open, so that a number alone chooses. */
  leaveOpen(): void;
  /** Ends the program. */
  end(): void;
}
