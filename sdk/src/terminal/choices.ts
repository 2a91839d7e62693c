import type { Choice } from './screen.ts';

/** What the numbers mean that `/open` takes. */
export class Choices {
  #all: Choice['choose'][] = [];
  /** Numbers by which conversations with news are opened. */
  readonly #answers = new Map<string, number>();

  /** From now on only these. */
  replace(choices: readonly Choice[]): void {
    this.#all = choices.map(({ choose }) => choose);
    this.#answers.clear();
  }

  /** One more, to answer in a conversation. @returns its number */
  answer(conversationId: string, choose: Choice['choose']): number {
    const number = this.#answers.get(conversationId) ?? this.#all.push(choose);
    this.#answers.set(conversationId, number);
    return number;
  }

  get(number: string): Choice['choose'] | undefined {
    return this.#all[Number(number) - 1];
  }
}
