import type { Person } from './generated/protocol.ts';
import { replaces } from './members.ts';

/** The most people that are asked for at once. */
const maxBatch = 200;

export interface DirectoryHooks {
  /** Brings people from the server; who is not there is left out. */
  readonly fetch: (personIds: readonly string[]) => Promise<readonly Person[]>;
  /** Somebody is known now who was asked for, or has another profile. */
  readonly learned: (person: Person) => void;
  /** Some could not be brought. */
  readonly failed: () => void;
}

/** Everybody whose profile has come along, for names. Who is not known is asked for, many at once. */
export class PeopleDirectory {
  readonly #hooks: DirectoryHooks;
  readonly #people = new Map<string, Person>();
  /** Asked for since the connection came, so that nobody is asked for again and again. */
  readonly #asked = new Set<string>();
  #wanted = new Set<string>();

  constructor(hooks: DirectoryHooks) {
    this.#hooks = hooks;
  }

  /** A person, if known; else they are asked for. */
  get(personId: string): Person | null {
    const person = this.#people.get(personId);
    if (!person && !this.#asked.has(personId)) this.ask(personId);
    return person ?? null;
  }

  /** Asks for a person, also one who is known. */
  ask(personId: string): void {
    this.#asked.add(personId);
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#fetch());
    this.#wanted.add(personId);
  }

  /** Takes a profile that has come. @returns whether it is news */
  learn(person: Person): boolean {
    const held = this.#people.get(person.id);
    if (held && !replaces(person, held)) return false;
    this.#people.set(person.id, person);
    return true;
  }

  /** There is a new connection: who could not be brought may be asked for again. */
  renew(): void {
    this.#asked.clear();
  }

  async #fetch(): Promise<void> {
    const ids = [...this.#wanted];
    this.#wanted = new Set();
    for (let from = 0; from < ids.length; from += maxBatch) {
      const batch = ids.slice(from, from + maxBatch);
      try {
        for (const person of await this.#hooks.fetch(batch)) if (this.learn(person)) this.#hooks.learned(person);
      } catch {
        this.#hooks.failed();
      }
    }
  }
}
