import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { searchMessages } from './search-messages.ts';

export type { SearchQuery } from './query.ts';
export type { SearchHit } from './search-messages.ts';

/** Search over messages. */
export function createSearch(deps: { database: Database; clock: Clock }) {
  return { messages: searchMessages(deps) };
}

export type Search = ReturnType<typeof createSearch>;
