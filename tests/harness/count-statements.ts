import type { KyselyPlugin } from 'kysely';
import type { Database, Reader } from '../../src/engine/ports/database.ts';

/**
 * Counts the statements that a server sends to its storage from now on, whatever it is stored in.
 *
 * @returns how many there were so far
 */
export function countStatements(database: Database): () => number {
  let count = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const counted = <R extends Reader>(reader: R): R =>
    Object.assign(Object.create(reader), {
      sql: reader.sql.withPlugin(plugin),
      prepared: (...statement: Parameters<Reader['prepared']>) => {
        count += 1;
        return reader.prepared(...statement);
      },
    });
  const { read, write, autocommit } = database;
  Object.assign(database, {
    read: (work: (reader: Reader) => Promise<unknown>) => read.call(database, (reader) => work(counted(reader))),
    write: ((work) => write.call(database, (unit) => work(counted(unit)))) as Database['write'],
    autocommit: (...statement: Parameters<Database['autocommit']>) => {
      count += 1;
      return autocommit.apply(database, statement);
    },
  });
  return () => count;
}
