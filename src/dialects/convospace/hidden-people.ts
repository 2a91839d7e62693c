import type { EventMap } from '../../engine/shared/events.ts';
import type { DoorConnection } from '../kit/door-connection.ts';

/** Of whom a connection must not hear, because one of the two has blocked the other. */
export class HiddenPeople {
  readonly #of = new Map<DoorConnection, Set<string>>();

  /** @param people those that are hidden from now on; what was noted meanwhile holds */
  enter(connection: DoorConnection): void {
    this.#of.set(connection, new Set());
  }

  add(connection: DoorConnection, people: readonly string[]): void {
    const hidden = this.#of.get(connection);
    for (const id of people) hidden?.add(id);
  }

  /** A block was made, or the last one between two people was lifted. */
  note(connection: DoorConnection, { people, blocked }: EventMap['block.between']): void {
    const hidden = this.#of.get(connection);
    for (const id of people) {
      if (id === connection.personId) continue;
      if (blocked) hidden?.add(id);
      else hidden?.delete(id);
    }
  }

  includes(connection: DoorConnection, personId: string): boolean {
    return this.#of.get(connection)?.has(personId) ?? false;
  }

  left(connection: DoorConnection): void {
    this.#of.delete(connection);
  }
}
