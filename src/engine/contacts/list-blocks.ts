import { type PersonView, personView } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../shared/page.ts';
import type { ContactsDeps } from './deps.ts';
import type { AddressBookPage } from './list-contacts.ts';
import { selectBlocks, versionOf } from './store.ts';

/** Somebody whom the actor has blocked. */
export interface BlockView {
  readonly person: PersonView;
  readonly blockedAt: Date;
}

/** Whom the actor has blocked, the last first. */
export const listBlocks =
  (deps: Pick<ContactsDeps, 'database'>) =>
  async (actor: Actor, query: { cursor?: string | undefined; limit: number }): Promise<AddressBookPage<BlockView>> => {
    const [at, id] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['time', 'id']);
    const before = id === undefined ? null : { at: new Date(at as number), id: String(id) };
    return deps.database.read(async (reader) => {
      const version = await versionOf(reader, actor.personId);
      const rows = await selectBlocks(reader, actor.personId, before, query.limit + 1);
      const page = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? page.at(-1) : undefined;
      const items = page.map((row) => ({ person: personView(row), blockedAt: row.blocked_at }));
      return { items, next: last ? encodeCursor([last.blocked_at.getTime(), last.id]) : null, version };
    });
  };
