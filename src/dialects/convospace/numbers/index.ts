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

/** Numbers that are remembered: a number stays what it is. */
const remembered = 200_000;
/** Ten to the power of twelve is the least that clients may take for a time. */
const form = /^[1-9]\d{0,11}$/;

const keyOf = (kind: NumberKind, id: string): string => `${kind}:${id}`;

/**
 * Clients of this door know everything by small numbers, which they keep for ever. Whatever they are shown gets one at the
 * first time; numbers of each kind begin at 1 and leave none out.
 */
export class Numbers {
  readonly #database: Database;
  readonly #numbers = new LRUCache<string, number>({ max: remembered });
  readonly #ids = new LRUCache<string, string>({ max: remembered });
  /** What is asked for while others are given out is given out together. */
  readonly #taken: GroupCommit<readonly Pick<NumberRow, 'kind' | 'id'>[], ReadonlyMap<string, number>>;

  constructor(database: Database) {
    this.#database = database;
    this.#taken = new GroupCommit<readonly Pick<NumberRow, 'kind' | 'id'>[], ReadonlyMap<string, number>>({
      maxBatch: 1_000,
      maxWaiting: 100_000,
      commit: async (lists) => {
        const missing = new Map<string, Pick<NumberRow, 'kind' | 'id'>>();
        const found = new Map<string, number>();
        for (const one of lists.flat()) {
          const key = keyOf(one.kind, one.id);
          const known = this.#numbers.get(key);
          if (known === undefined) missing.set(key, one);
          else found.set(key, known);
        }
        const rows = missing.size === 0 ? [] : await takeNumbers(database, [...missing.values()]);
        for (const { kind, number, id } of rows) {
          found.set(keyOf(kind, id), number);
          this.#numbers.set(keyOf(kind, id), number);
          this.#ids.set(`${kind}:${number}`, id);
        }
        return lists.map(() => found);
      },
    });
  }

  /** The numbers of all that is named; what has none gets one now, in the order in which things were made. */
  async of(named: Named): Promise<NumberOf> {
    const found = new Map<string, number>();
    const missing: Pick<NumberRow, 'kind' | 'id'>[] = [];
    for (const [kind, ids] of Object.entries(named) as [NumberKind, readonly string[]][]) {
      for (const id of ids) {
        const known = this.#numbers.get(keyOf(kind, id));
        if (known === undefined) missing.push({ kind, id });
        else found.set(keyOf(kind, id), known);
      }
    }
    if (missing.length > 0) {
      const taken = await this.#taken.add(missing);
      for (const { kind, id } of missing) {
        const key = keyOf(kind, id);
        found.set(key, taken.get(key) as number);
      }
    }
    return numberOf(found);
  }

  /** The same where all of them are known here already; null where some have to be looked up. */
  known(named: Named): NumberOf | null {
    const found = new Map<string, number>();
    for (const [kind, ids] of Object.entries(named) as [NumberKind, readonly string[]][]) {
      for (const id of ids) {
        const number = this.#numbers.get(keyOf(kind, id));
        if (number === undefined) return null;
        found.set(keyOf(kind, id), number);
      }
    }
    return numberOf(found);
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
    const key = `${kind}:${digits}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = await idOfNumber(this.#database, kind, Number(digits));
    if (id !== null) {
      this.#ids.set(key, id);
      this.#numbers.set(keyOf(kind, id), Number(digits));
    }
    return id;
  }
}

function digitsOf(given: unknown): string | null {
  const digits = typeof given === 'number' ? String(given) : given;
  return typeof digits === 'string' && form.test(digits) ? digits : null;
}

function numberOf(found: ReadonlyMap<string, number>): NumberOf {
  const of = (kind: NumberKind) => (id: string) => {
    const number = found.get(keyOf(kind, id));
    if (number === undefined) throw new Error(`The number of a ${kind} was not asked for.`);
    return number;
  };
  return {
    user: of('user'),
    conversation: of('conversation'),
    message: of('message'),
    contact: of('contact'),
    notification: of('notification'),
    login: of('login'),
  };
}
