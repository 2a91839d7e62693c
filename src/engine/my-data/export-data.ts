import type { Database } from '../ports/database.ts';
import type { Limiter, LimitRule } from '../ports/limiter.ts';
import type { Actor } from '../shared/actor.ts';
import { type Clock, day, second } from '../shared/clock.ts';
import type { DataPart } from '../shared/data-part.ts';

/** It reads all that a person has ever said. */
const exportRule: LimitRule = { name: 'export', points: 5, windowSeconds: day / second };

/** About as many characters go out at a time. */
const chunkLength = 64 * 1024;

/**
 * Everything that is the actor's, as one JSON document, in pieces: no more of it is in memory than one batch. It stops where
 * nobody takes the next piece.
 *
 * What changes meanwhile may be in it or not; each object is whole.
 *
 * @throws EngineError `rate_limited`, before the first piece
 */
export const exportData =
  (deps: { database: Database; clock: Clock; limiter: Limiter; parts: readonly DataPart[] }) =>
  async (actor: Actor): Promise<AsyncIterable<string>> => {
    await deps.limiter.consume(exportRule, actor.personId);
    return inChunks(write(deps, actor.personId));
  };

async function* write(
  { database, clock, parts }: { database: Database; clock: Clock; parts: readonly DataPart[] },
  personId: string,
): AsyncGenerator<string> {
  yield `{"exportedAt":${JSON.stringify(new Date(clock.now()))}`;
  for (const { name, single, read } of parts) {
    yield `,${JSON.stringify(name)}:${single ? '' : '['}`;
    let count = 0;
    for await (const item of read(database, personId)) {
      yield `${count > 0 ? ',' : ''}${JSON.stringify(item)}`;
      count += 1;
    }
    if (single && count === 0) yield 'null';
    if (!single) yield ']';
  }
  yield '}';
}

async function* inChunks(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
