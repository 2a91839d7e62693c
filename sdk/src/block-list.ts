import type { Events, Operations } from './generated/protocol.ts';

type Page = Operations['blocks.list']['output'];

/** Whom I have blocked, over all my devices. */
export class BlockList {
  readonly #fetch: (cursor: string | undefined) => Promise<Page>;
  readonly #changed: (blocked: ReadonlySet<string>) => void;
  #blocked: ReadonlySet<string> = new Set();
  /** Of the address book, when the list was last read. */
  #version = -1;
  /** What events have told, by person: later ones count. */
  readonly #told = new Map<string, { blocked: boolean; version: number }>();

  constructor(fetch: (cursor: string | undefined) => Promise<Page>, changed: (blocked: ReadonlySet<string>) => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  /** Reads the list, unless it is known already. Events must flow before this. */
  async refresh(): Promise<void> {
    const first = await this.#fetch(undefined);
    if (first.version === this.#version) return;
    const blocked = new Set<string>();
    for (let page = first; ; page = await this.#fetch(page.next)) {
      for (const { person } of page.items) blocked.add(person.id);
      if (page.next === null) break;
    }
    this.#version = first.version;
    for (const [personId, { version }] of this.#told) if (version <= first.version) this.#told.delete(personId);
    this.#set(blocked);
  }

  receive({ person, blocked, version }: Events['block.changed']): void {
    if (version <= Math.max(this.#version, this.#told.get(person.id)?.version ?? 0)) return;
    this.#told.set(person.id, { blocked, version });
    this.#set(new Set(this.#blocked));
  }

  #set(blocked: Set<string>): void {
    for (const [personId, told] of this.#told) told.blocked ? blocked.add(personId) : blocked.delete(personId);
    const same = blocked.size === this.#blocked.size && [...blocked].every((id) => this.#blocked.has(id));
    this.#blocked = blocked;
    if (!same) this.#changed(blocked);
  }
}
