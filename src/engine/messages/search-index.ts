import type { Generated } from 'kysely';
import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    search_blocks: SearchBlocksTable;
  }
}

interface SearchBlocksTable {
  conversation_id: string;
  block: number;
  upto: number;
  edits: Generated<number>;
  signature: Buffer;
}

/** Messages of a conversation that share a signature: those with the same `seq / searchBlockSize`. */
export const searchBlockSize = 128;

/**
 * The same as {@link forgetSearchBlocks}, as a part of a statement.
 *
 * @param messages SQL that gives the rows: `select conversation_id, seq from ...`
 */
export const forgetSearchBlocksSql = (messages: string): string => `
  insert into search_blocks as known (conversation_id, block, upto, edits, signature)
  select distinct conversation_id, (seq / ${searchBlockSize})::int, -1, 1, '\\x00'::bytea
  from (${messages}) as changed order by 1, 2
  on conflict (conversation_id, block)
    do update set upto = -1, edits = known.edits + 1, signature = excluded.signature`;

const forget: PreparedStatement = {
  name: 'forget-search-blocks',
  text: forgetSearchBlocksSql('select $1::uuid as conversation_id, seq from unnest($2::bigint[]) as at (seq)'),
};

/**
 * Makes searches read the blocks of these messages anew. To be called in the transaction that changes texts or contents, or takes
 * them away so that no trace shall stay. New messages need nothing: a signature says how far it reaches.
 *
 * A search that reads the old texts at this moment cannot store what it made of them: it finds `edits` changed.
 */
export async function forgetSearchBlocks(
  unit: UnitOfWork,
  conversationId: string,
  seqs: readonly number[],
): Promise<void> {
  await unit.prepared(forget, [conversationId, seqs]);
}
