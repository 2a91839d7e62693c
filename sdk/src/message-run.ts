import type { Message } from './generated/protocol.ts';

/**
 * Messages with consecutive `seq`s that end at `held`, without those before `floor`: the ones that I do not see any more, or
 * never did.
 */
export class MessageRun {
  #messages: Message[] = [];
  #held = 0;
  #floor = 0;

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** `seq` up to which all messages are here, from some point on. */
  get held(): number {
    return this.#held;
  }

  /** `seq` of the first that is here; of the next one where there is none. */
  get first(): number {
    return this.#messages[0]?.seq ?? this.#held + 1;
  }

  /** Whether everything after the floor is here. */
  get whole(): boolean {
    return this.first <= this.#floor + 1;
  }

  find(seq: number): Message | undefined {
    return this.#messages[seq - this.first];
  }

  /** The last one that can be shown. */
  get lastVisible(): Message | undefined {
    return this.#messages.findLast(({ hidden }) => !hidden);
  }

  /** @returns false where it does not follow */
  append(message: Message): boolean {
    if (message.seq !== this.#held + 1) return false;
    this.#held = message.seq;
    if (message.seq > this.#floor) this.#messages.push(message);
    return true;
  }

  /** Puts an older page before the run. @returns false where it does not join it */
  prepend(page: readonly Message[]): boolean {
    const last = page.at(-1);
    if (!last || last.seq !== this.first - 1 || this.#messages.length === 0) return false;
    this.#messages = [...page.filter(({ seq }) => seq > this.#floor), ...this.#messages];
    return true;
  }

  /** Changes the message at a place. @returns what it is now, where it has become another */
  change(seq: number, how: (message: Message) => Message): Message | undefined {
    const before = this.find(seq);
    const after = before && how(before);
    if (!after || after === before) return undefined;
    this.#messages[seq - this.first] = after;
    return after;
  }

  /** Drops what is not shown to me any more: everything up to a place. @returns whether there was any */
  setFloor(floor: number): boolean {
    this.#floor = floor;
    this.#held = Math.max(this.#held, floor);
    const before = this.#messages.length;
    this.#messages = this.#messages.filter(({ seq }) => seq > floor);
    return this.#messages.length < before;
  }

  /** Drops what comes after a place. */
  cut(last: number): void {
    this.#messages = this.#messages.filter(({ seq }) => seq <= last);
    this.#held = Math.min(this.#held, last);
  }

  /** Drops everything: the next message is the one after `held`. */
  restart(held: number, floor: number): void {
    this.#messages = [];
    this.#held = held;
    this.#floor = floor;
  }
}
