import { type DataPart, inBatches } from '../shared/data-part.ts';
import { sessionsOf, signInsOf } from './store.ts';

const batchSize = 500;

/** No token, and nothing of which one could be made. */
const sessions: DataPart = {
  name: 'sessions',
  read: (database, personId) =>
    inBatches(database, async (reader) => ({
      items: (await sessionsOf(reader, personId)).map((row) => ({
        id: row.id,
        door: row.door,
        deviceName: row.device_name,
        userAgent: row.user_agent,
        ip: row.ip,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      })),
      next: undefined,
    })),
};

const signIns: DataPart = {
  name: 'signIns',
  read: (database, personId) =>
    inBatches(database, async (reader, before: string | undefined) => {
      const rows = await signInsOf(reader, personId, before ?? null, batchSize);
      const items = rows.map((row) => ({
        id: row.id,
        at: row.at,
        method: row.method,
        succeeded: row.succeeded,
        failure: row.failure,
        door: row.door,
        ip: row.ip,
        userAgent: row.user_agent,
        deviceName: row.device_name,
      }));
      return { items, next: rows.length === batchSize ? rows.at(-1)?.id : undefined };
    }),
};

/** Where a person is signed in, and when they signed in. */
export const authData: readonly DataPart[] = [sessions, signIns];
