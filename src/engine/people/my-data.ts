import { allOf, type DataPart, inBatches } from '../shared/data-part.ts';
import { findPerson, identitiesOf } from './store.ts';
import { ownProfileView } from './views.ts';

const batchSize = 500;

const profile: DataPart = {
  name: 'profile',
  single: true,
  read: (database, personId) =>
    allOf(database, async (reader) => {
      const row = await findPerson(reader, personId);
      if (!row) return [];
      const privacy = {
        lastSeen: row.privacy_last_seen,
        photo: row.privacy_photo,
        about: row.privacy_about,
        groups: row.privacy_groups,
        phone: row.privacy_phone,
        readReceipts: row.read_receipts,
      };
      const shown = ownProfileView(row, await identitiesOf(reader, personId), 0);
      return [{ ...shown, photoUrl: row.photo_url, lastSeenAt: row.last_seen_at, privacy }];
    }),
};

const contacts: DataPart = {
  name: 'contacts',
  read: (database, personId) =>
    inBatches(database, async ({ sql }, after: string | undefined) => {
      let select = sql.selectFrom('contacts').selectAll().where('owner_id', '=', personId);
      if (after !== undefined) select = select.where('id', '>', after);
      const rows = await select.orderBy('owner_id').orderBy('id').limit(batchSize).execute();
      const items = rows.map(({ id, person_id, phone, name, favourite, close_friend, created_at, changed_at }) => {
        const marks = { favourite, closeFriend: close_friend };
        return {
          id,
          personId: person_id,
          phone,
          name,
          ...marks,
          createdAt: created_at,
          changedAt: changed_at ?? created_at,
        };
      });
      return { items, next: rows.length === batchSize ? rows.at(-1)?.id : undefined };
    }),
};

const blocks: DataPart = {
  name: 'blocks',
  read: (database, personId) =>
    inBatches(database, async ({ sql }, after: string | undefined) => {
      let select = sql.selectFrom('blocks').selectAll().where('person_id', '=', personId);
      if (after !== undefined) select = select.where('blocked_id', '>', after);
      const rows = await select.orderBy('blocked_id').limit(batchSize).execute();
      const items = rows.map(({ blocked_id, created_at }) => ({ personId: blocked_id, createdAt: created_at }));
      return { items, next: rows.length === batchSize ? rows.at(-1)?.blocked_id : undefined };
    }),
};

/** What a person is, and whom they know. */
export const peopleData: readonly DataPart[] = [profile, contacts, blocks];
