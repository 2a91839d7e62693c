import { searchableText, searchBlockSize } from '../messages/index.ts';
import type { Reader } from '../ports/database.ts';
import { second } from '../shared/clock.ts';
import { searchKey } from '../shared/text.ts';
import { makeSignature } from './signature.ts';
import {
  type ReadRow,
  type ScopeRow,
  type SealedBlock,
  selectBlocks,
  selectCandidates,
  selectOfKind,
  type Viewer,
} from './store.ts';

/** How far the clocks of two nodes may differ without a message coming at the wrong place of a search over conversations. */
export const clockSkew = 10 * second;

/** A conversation that is searched from the newest message to the oldest. */
export interface Walk {
  readonly conversationId: string;
  readonly floor: number;
  /** What is left: messages up to here. Up to `floor`, the walk is at its end. */
  upto: number;
  /** When the messages that are left were sent, at the latest; milliseconds since the epoch. */
  latest: number;
}

export function startWalk(scope: ScopeRow, latest: number): Walk {
  const { conversation_id: conversationId, floor, upto } = scope;
  return { conversationId, floor, upto, latest: Math.min(latest, scope.last_activity_at.getTime() + clockSkew) };
}

/** What one step takes of each walk, at most. */
export interface StepLimits {
  /** Signatures to test. */
  readonly tests: number;
  /** Blocks to read. */
  readonly blocks: number;
}

/** What a step has read, and what it cost. */
export interface Step {
  readonly rows: readonly ReadRow[];
  readonly sealed: readonly SealedBlock[];
  readonly bytes: number;
  readonly tests: number;
}

/** What one step reads to search it, in bytes, in how many blocks ever: blocks with more than their share are read in parts. */
const stepBytes = 2 ** 21;
/** Of each block at least so much: the usual one is read whole, and can be sealed. */
const leastBlockBytes = 2 ** 16;
/** A signature of a block that goes on is made anew when it lacks so many messages. */
const worthSealing = 16;

interface Block {
  readonly walk: Walk;
  readonly block: number;
  readonly bottom: number;
  readonly top: number;
  readonly edits: number;
  readonly covered: number;
}

const startOf = (block: number): number => block * searchBlockSize;
const blockOf = (seq: number): number => Math.floor(seq / searchBlockSize);

/** Where a walk is after a step. */
interface Place {
  upto: number;
  /** When the next message above was sent; null where nothing tells. */
  sentAt: Date | null;
}

/** Takes walks on by blocks that may hold all that is searched. */
export async function stepThroughBlocks(
  reader: Reader,
  viewer: Viewer,
  walks: readonly Walk[],
  bits: readonly number[],
  limits: StepLimits,
): Promise<Step> {
  const candidates = await selectCandidates(reader, walks, bits, limits);
  const toRead: Block[] = [];
  const places = new Map<Walk, Place>();
  let tests = 0;
  for (const { ord, blocks, rest_at: restAt } of candidates) {
    const walk = walks[ord - 1] as Walk;
    for (const [block, edits, covered] of blocks) {
      const top = Math.min(walk.upto, startOf(block + 1) - 1);
      toRead.push({ walk, block, bottom: startOf(block), top, edits, covered });
    }
    const newest = blockOf(walk.upto);
    // With as many candidates as were asked for, nothing below the last one was tested.
    const full = blocks.length === limits.blocks ? blocks.at(-1) : undefined;
    const lowest = full ? full[0] : Math.max(newest - limits.tests + 1, blockOf(walk.floor));
    tests += newest - lowest + 1;
    const atEnd = !full && restAt === null;
    places.set(walk, { upto: atEnd ? walk.floor : startOf(lowest) - 1, sentAt: full ? null : restAt });
  }
  const maxBytes = Math.max(leastBlockBytes, Math.floor(stepBytes / Math.max(1, toRead.length)));
  const read = Map.groupBy(
    await selectBlocks(reader, viewer, toRead.map(placeOf), maxBytes),
    ({ ord }) => toRead[ord - 1] as Block,
  );
  const step = { rows: [] as ReadRow[], sealed: [] as SealedBlock[], bytes: 0, tests };
  const cut = new Set<Walk>();
  for (const block of toRead) {
    const rows = read.get(block) ?? [];
    const lowest = rows.at(-1);
    const place = places.get(block.walk) as Place;
    if (!lowest) continue;
    step.bytes += lowest.size;
    if (cut.has(block.walk)) continue; // comes again, after the rest of the block above
    step.rows.push(...rows);
    if (lowest.size < lowest.total) {
      cut.add(block.walk);
      places.set(block.walk, { upto: lowest.seq - 1, sentAt: lowest.created_at });
      continue;
    }
    if (place.upto === block.bottom - 1) place.sentAt = lowest.created_at;
    const sealed = seal(block, rows);
    if (sealed) step.sealed.push(sealed);
  }
  for (const [walk, place] of places) moveTo(walk, place);
  return step;
}

const placeOf = ({ walk, bottom, top }: Block) => ({ conversationId: walk.conversationId, bottom, top });

function moveTo(walk: Walk, { upto, sentAt }: Place): void {
  walk.upto = upto;
  if (sentAt) walk.latest = Math.min(walk.latest, sentAt.getTime() + clockSkew);
}

function seal({ walk, block, bottom, top, edits, covered }: Block, rows: readonly ReadRow[]): SealedBlock | null {
  const whole = top === startOf(block + 1) - 1;
  const news = top - Math.max(covered, bottom - 1);
  if (news <= 0 || (!whole && news < worthSealing)) return null;
  const signature = makeSignature(rows.map((row) => searchKey(searchableText(row))));
  return { conversationId: walk.conversationId, block, upto: top, edits, signature };
}

/** Takes walks on by messages of a kind other than text. */
export async function stepThroughKind(
  reader: Reader,
  viewer: Viewer,
  walks: readonly Walk[],
  kind: string,
  limit: number,
): Promise<Step> {
  const rows = await selectOfKind(reader, viewer, walks, kind, limit);
  const read = Map.groupBy(rows, ({ ord }) => walks[ord - 1] as Walk);
  for (const walk of walks) {
    const found = read.get(walk) ?? [];
    const lowest = found.at(-1);
    const more = lowest !== undefined && found.length === limit;
    moveTo(walk, more ? { upto: lowest.seq - 1, sentAt: lowest.created_at } : { upto: walk.floor, sentAt: null });
  }
  return { rows, sealed: [], bytes: 0, tests: walks.length };
}
