import type { Database, Reader } from '../ports/database.ts';

/** What one feature holds of a person, for the export of their data. */
export interface DataPart {
  /** Its key in the document. */
  readonly name: string;
  /** Whether it is one object, and not a list. */
  readonly single?: true;
  /** The objects, each as it is written in JSON. */
  read(database: Database, personId: string): AsyncIterable<object>;
}

/**
 * Reads a list by its key, batch after batch, each in a read of its own: nothing is held while the other side takes its
 * time.
 *
 * @param read the batch that follows `after`, and where the next begins; undefined at the first, and where there is none
 */
export async function* inBatches<Item extends object, Position>(
  database: Database,
  read: (
    reader: Reader,
    after: Position | undefined,
  ) => Promise<{ items: readonly Item[]; next: Position | undefined }>,
): AsyncGenerator<Item> {
  let after: Position | undefined;
  do {
    const batch = await database.read((reader) => read(reader, after));
    yield* batch.items;
    after = batch.next;
  } while (after !== undefined);
}

/** Reads what is small at once. */
export async function* allOf<Item extends object>(
  database: Database,
  read: (reader: Reader) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  yield* await database.read(read);
}
