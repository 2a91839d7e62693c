import type { Interface } from 'node:readline';

/** What is typed, line by line. Lines that come early wait for their turn, so that it can also be a pipe. */
export class LineReader {
  readonly #lines: Interface;
  readonly #iterator: NodeJS.AsyncIterator<string>;
  /** Nothing more is typed. */
  #ended = false;
  /** Nothing more is wanted. */
  #closed = false;

  constructor(lines: Interface) {
    this.#lines = lines;
    lines.once('close', () => {
      this.#ended = true;
    });
    this.#iterator = lines[Symbol.asyncIterator]();
  }

  /** What is typed at the moment. */
  get typed(): string {
    return this.#lines.line;
  }

  /** The next line; null after the last. */
  async next(): Promise<string | null> {
    const { done, value } = await this.#iterator.next();
    return done || this.#closed ? null : value.trim();
  }

  /** Asks, and gives the next line; null after the last. */
  ask(question: string): Promise<string | null> {
    this.prompt(question);
    return this.next();
  }

  /** Shows what comes before the line that is being typed. */
  prompt(prompt: string): void {
    if (this.#ended) return;
    this.#lines.setPrompt(prompt);
    this.#lines.prompt(true);
  }

  /** No more lines, also none that are there already. */
  close(): void {
    this.#closed = true;
    this.#lines.close();
  }
}
