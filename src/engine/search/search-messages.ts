import pLimit from 'p-limit';
import { conversationNotFound } from '../conversations/index.ts';
import { type MessageView, messageView } from '../messages/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../shared/page.ts';
import { isHopeless, matches, parseQuery, type SearchQuery, type Wanted } from './query.ts';
import { bitsOf } from './signature.ts';
import { type ReadRow, type SealedBlock, saveSignatures, selectFound, selectScopes, type Viewer } from './store.ts';
import { clockSkew, type Step, startWalk, stepThroughBlocks, stepThroughKind, type Walk } from './walk.ts';

/** A message that was found. */
export interface SearchHit {
  readonly conversationId: string;
  readonly message: MessageView;
}

/**
 * What one request may cost, give or take one step: then it answers with what it has, and where to go on. A message that
 * is read, a signature that is tested and a KiB that is searched count 1 each, which is about 10 microseconds. Counted and
 * not measured: a busy machine does not make pages short, which would bring it more requests.
 */
const maxWork = 16_384;
/**
 * How many searches a node runs at the same time; others wait for their turn here and not for the database. A search
 * reads each step by itself, so that between two of them others come to read and write.
 */
const atOnce = 2;

/** Where a page ends. Messages are in the order of (at, conversation, seq), the largest first. */
interface Position {
  readonly at: number;
  readonly conversationId: string;
  readonly seq: number;
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Finds messages that contain all words of a text, each anywhere in a word, and pass all filters; the newest first. Of
 * one conversation by `seq`, of all by the time they were sent.
 *
 * A page may have fewer messages than asked for, even none, and still a `next`: a request does a bounded amount of work.
 *
 * @throws EngineError `conversation_not_found`, `invalid_request`
 */
export const searchMessages = ({ database, clock }: { database: Database; clock: Clock }) => {
  const turn = pLimit(atOnce);
  return async (actor: Actor, query: SearchQuery): Promise<Page<SearchHit>> => {
    const wanted = parseQuery(query);
    const from = query.cursor === undefined ? null : readCursor(query.cursor, query.conversationId);
    return turn(async () => {
      const viewer = { personId: actor.personId, now: new Date(clock.now()) };
      const search = new Search(database, viewer, wanted, query, from);
      const page = await search.run();
      const { sealed } = search;
      if (sealed.length > 0) await database.write((unit) => saveSignatures(unit, sealed));
      return page;
    });
  };
};

function readCursor(cursor: string, conversationId: string | undefined): Position {
  const [at, id, seq] = decodeCursor(cursor, ['time', 'id', 'count']) as [number, string, number];
  if (conversationId !== undefined && id !== conversationId) {
    throw new EngineError('invalid_request', 'The cursor is of another search. Start again without a cursor.', {
      path: '/cursor',
    });
  }
  return { at, conversationId: id, seq };
}

/** One request. Over all conversations it merges their walks by time. */
class Search {
  readonly sealed: SealedBlock[] = [];
  readonly #database: Database;
  readonly #viewer: Viewer;
  readonly #wanted: Wanted;
  readonly #query: SearchQuery;
  readonly #from: Position | null;
  readonly #one: boolean;
  readonly #bits: readonly number[];
  #work = 0;

  constructor(database: Database, viewer: Viewer, wanted: Wanted, query: SearchQuery, from: Position | null) {
    this.#database = database;
    this.#viewer = viewer;
    this.#wanted = wanted;
    this.#query = query;
    this.#from = from;
    this.#one = query.conversationId !== undefined;
    this.#bits = bitsOf(wanted.words);
  }

  async run(): Promise<Page<SearchHit>> {
    const { limit } = this.#query;
    const walks = await this.#start();
    const begin = this.#horizon(walks);
    const found: ReadRow[] = [];
    for (let round = 0; ; round += 1) {
      const open = walks.filter((walk) => walk.upto > walk.floor && walk.latest >= this.#wanted.after);
      const horizon = this.#horizon(open);
      // What is older than the newest message that was not read yet has to wait for it.
      const settled = found.filter((row) => this.#one || row.created_at.getTime() > horizon);
      if (settled.length > limit) return this.#page(settled, null);
      if (open.length === 0) return this.#page(settled, null);
      // Without a step in time, the next request would do the same again.
      if (this.#work >= maxWork && (this.#one || horizon < begin))
        return this.#page(settled, this.#rest(open, horizon));
      found.push(...(await this.#step(open, round)));
    }
  }

  async #start(): Promise<Walk[]> {
    const { conversationId } = this.#query;
    const { after, before } = this.#wanted;
    if (conversationId !== undefined && !isId(conversationId)) throw conversationNotFound();
    // In one conversation, a cursor tells the place, and no time has to be looked up.
    const latest = Math.min(before, this.#one ? before : (this.#from?.at ?? before));
    const seekTime = this.#one && this.#from ? null : asDate(latest + clockSkew);
    const rows = await this.#database.read((reader) =>
      selectScopes(reader, this.#viewer.personId, conversationId ?? null, seekTime, asDate(after)),
    );
    if (conversationId !== undefined && rows.length === 0) throw conversationNotFound();
    if (isHopeless(this.#wanted)) return [];
    const walks = rows.map((row) => startWalk(row, latest));
    if (this.#one && this.#from) for (const walk of walks) walk.upto = Math.min(walk.upto, this.#from.seq - 1);
    return walks;
  }

  #horizon(walks: readonly Walk[]): number {
    return walks.reduce((newest, walk) => Math.max(newest, walk.latest), Number.NEGATIVE_INFINITY);
  }

  /** Takes the walks on that have the newest messages, in larger steps each round: most pages are full after the first. */
  async #step(open: Walk[], round: number): Promise<ReadRow[]> {
    open.sort((a, b) => b.latest - a.latest);
    const walks = open.slice(0, Math.min(64, 8 * 2 ** round));
    const { words, kind } = this.#wanted;
    const step = await this.#database.read((reader): Promise<Step> => {
      if (words.length === 0 && kind !== undefined && kind !== 'text') {
        return stepThroughKind(reader, this.#viewer, walks, kind, this.#one ? 128 : 16);
      }
      const limits = this.#one ? { tests: 512, blocks: Math.min(8, 2 ** round) } : { tests: 16, blocks: 1 };
      return stepThroughBlocks(reader, this.#viewer, walks, this.#bits, limits);
    });
    this.sealed.push(...step.sealed);
    this.#work += step.rows.length + step.tests + step.bytes / 1_024;
    return step.rows.filter((row) => this.#isAfterCursor(row) && matches(row, this.#wanted));
  }

  #isAfterCursor(row: ReadRow): boolean {
    if (!this.#from || this.#one) return true;
    const { at, conversationId, seq } = this.#from;
    return compare(row, { at, conversationId, seq }) > 0;
  }

  async #page(settled: readonly ReadRow[], rest: Position | null): Promise<Page<SearchHit>> {
    const { limit } = this.#query;
    const sorted = settled.toSorted((a, b) => (this.#one ? b.seq - a.seq : compare(a, positionOf(b))));
    const rows = sorted.slice(0, limit);
    const last = rows.at(-1);
    const found = await this.#database.read((reader) => selectFound(reader, this.#viewer, rows));
    const next = last && sorted.length > limit ? positionOf(last) : rest;
    return {
      items: found.map((row) => ({ conversationId: row.conversation_id, message: messageView(row, this.#viewer.now) })),
      next: next && encodeCursor([next.at, next.conversationId, next.seq]),
    };
  }

  /** Everything before it was settled. */
  #rest(open: readonly Walk[], horizon: number): Position {
    const [walk] = open;
    if (this.#one && walk) return { at: 0, conversationId: walk.conversationId, seq: walk.upto + 1 };
    return { at: Math.max(0, horizon), conversationId: lastId, seq: Number.MAX_SAFE_INTEGER };
  }
}

const positionOf = (row: ReadRow): Position => ({
  at: row.created_at.getTime(),
  conversationId: row.conversation_id,
  seq: row.seq,
});

/** Below 0 where a message comes before a position. */
function compare(row: ReadRow, { at, conversationId, seq }: Position): number {
  const time = at - row.created_at.getTime();
  if (time !== 0) return time;
  if (conversationId !== row.conversation_id) return conversationId < row.conversation_id ? -1 : 1;
  return seq - row.seq;
}

const maxTime = 8.64e15;

/** null where there is no bound. */
const asDate = (time: number): Date | null => (Math.abs(time) > maxTime ? null : new Date(time));
