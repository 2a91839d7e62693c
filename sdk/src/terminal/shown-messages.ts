import type { ChatMessage } from '../index.ts';

interface Shown {
  readonly number: number;
  readonly body: string;
  readonly status: ChatMessage['status'];
}

/** What of the open conversation is on the screen, and the numbers by which commands name it. */
export class ShownMessages {
  readonly #shown = new Map<string, Shown>();
  readonly #keys: string[] = [];

  /** Another conversation is open. */
  clear(): void {
    this.#shown.clear();
    this.#keys.length = 0;
  }

  /** A message is shown. It keeps the number that it has. @returns its number */
  add({ key, status }: ChatMessage, body: string): number {
    const number = this.#shown.get(key)?.number ?? this.#keys.push(key);
    this.#shown.set(key, { number, body, status });
    return number;
  }

  get({ key }: ChatMessage): Shown | undefined {
    return this.#shown.get(key);
  }

  /** The message with a number. */
  find(number: number, messages: readonly ChatMessage[]): ChatMessage | undefined {
    const key = this.#keys[number - 1];
    return messages.find((message) => message.key === key);
  }
}
