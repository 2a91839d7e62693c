import { LRUCache } from 'lru-cache';
import type { Database } from '../../../engine/ports/database.ts';
import { GroupCommit } from '../../../engine/shared/group-commit.ts';
import { idOfNumber, type NumberKind, type NumberRow, takeNumbers } from './store.ts';

export { convospaceNumbers } from './migration.ts';
export type { NumberKind } from './store.ts';

/** What an answer or an event names: ids by kind. */
export type Named = { readonly [Kind in NumberKind]?: readonly string[] };

/** The numbers of what was asked for, by id. Asking for anything else throws. */
export type NumberOf = { readonly [Kind in NumberKind]: (id: string) => number };

const kinds: readonly NumberKind[] = ['user', 'conversation', 'message', 'contact', 'notification', 'login'];

/** Numbers of each kind that are remembered: a number stays what it is. */
const remembered = 100_000;
/** Ten to the power of twelve is the least that clients may take for a time. */
const form = /^[1-9]\d{0,11}$/;

type Wanted = Pick<NumberRow, 'kind' | 'id'>;
type Remembered = { readonly [Kind in NumberKind]: LRUCache<string, number> };

/** By kind and id; looked at several times for each message, so that keys are not put together. */
class Found implements NumberOf {
  readonly #numbers = new Map<NumberKind, Map<string, number>>();

  set(kind: NumberKind, id: string, number: number): void {
    let ofKind = this.#numbers.get(kind);
    if (!ofKind) {
      ofKind = new Map();
      this.#numbers.set(kind, ofKind);
    }
    ofKind.set(id, number);
  }

  get(kind: NumberKind, id: string): number {
    const number = this.#numbers.get(kind)?.get(id);
    if (number === undefined) throw new Error(`The number of a ${kind} was not asked for.`);
    return number;
  }

  user(id: string): number {
    return this.get('user', id);
  }

  conversation(id: string): number {
    return this.get('conversation', id);
  }

  message(id: string): number {
    return this.get('message', id);
  }

  contact(id: string): number {
    return this.get('contact', id);
  }

  notification(id: string): number {
    return this.get('notification', id);
  }

  login(id: string): number {
    return this.get('login', id);
  }
}

/**
 * Clients of this door know everything by small numbers, which they keep for ever. Whatever they are shown gets one at the
 * first time; numbers of each kind begin at 1 and leave none out.
 */
export class Numbers {
  readonly #database: Database;
  readonly #numbers = Object.fromEntries(
    kinds.map((kind) => [kind, new LRUCache<string, number>({ max: remembered })]),
  ) as Remembered;
  readonly #ids = new LRUCache<string, string>({ max: remembered });
  /** What is asked for while others are given out is given out together. */
  readonly #taken: GroupCommit<readonly Wanted[], Found>;

  constructor(database: Database) {
    this.#database = database;
    this.#taken = new GroupCommit<readonly Wanted[], Found>({
      maxBatch: 1_000,
      maxWaiting: 100_000,
      commit: async (lists) => {
        const found = new Found();
        const missing = lists.flat().filter(({ kind, id }) => !this.#recall(found, kind, id));
        for (const { kind, number, id } of missing.length === 0 ? [] : await takeNumbers(database, missing)) {
          found.set(kind, id, number);
          this.#remember(kind, id, number);
        }
        return lists.map(() => found);
      },
    });
  }

  /** The numbers of all that is named; what has none gets one now, in the order in which things were made. */
  async of(named: Named): Promise<NumberOf> {
    const found = new Found();
    const missing = this.#missing(found, named);
    if (missing.length > 0) {
      const taken = await this.#taken.add(missing);
      for (const { kind, id } of missing) found.set(kind, id, taken.get(kind, id));
    }
    return found;
  }

  /** The same where all of them are known here already; null where some have to be looked up. */
  known(named: Named): NumberOf | null {
    const found = new Found();
    return this.#missing(found, named).length === 0 ? found : null;
  }

  /** The same as {@link idOf} where it is known here already; null where it has to be looked up. */
  knownId(kind: NumberKind, given: unknown): string | null {
    const digits = digitsOf(given);
    return digits === null ? null : (this.#ids.get(`${kind}:${digits}`) ?? null);
  }

  /** The id behind what a client calls a number, as a number or in digits; null where it is none or nothing has it. */
  async idOf(kind: NumberKind, given: unknown): Promise<string | null> {
    const digits = digitsOf(given);
    if (digits === null) return null;
    const known = this.#ids.get(`${kind}:${digits}`);
    if (known !== undefined) return known;
    const id = await idOfNumber(this.#database, kind, Number(digits));
    if (id !== null) this.#remember(kind, id, Number(digits));
    return id;
  }

  /** Notes the numbers that are known; returns what has to be looked up. */
  #missing(found: Found, named: Named): Wanted[] {
    const missing: Wanted[] = [];
    for (const kind of kinds) {
      for (const id of named[kind] ?? []) if (!this.#recall(found, kind, id)) missing.push({ kind, id });
    }
    return missing;
  }

  #recall(found: Found, kind: NumberKind, id: string): boolean {
    const number = this.#numbers[kind].get(id);
    if (number === undefined) return false;
    found.set(kind, id, number);
    return true;
  }

  #remember(kind: NumberKind, id: string, number: number): void {
    this.#numbers[kind].set(id, number);
    this.#ids.set(`${kind}:${number}`, id);
  }
}

function digitsOf(given: unknown): string | null {
  const digits = typeof given === 'number' ? String(given) : given;
  return typeof digits === 'string' && form.test(digits) ? digits : null;
}
