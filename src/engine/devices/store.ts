import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    devices: DevicesTable;
  }
}

/** What kind of device it is: who delivers its notifications. */
export const platforms = ['ios', 'android', 'web', 'desktop'] as const;
export type Platform = (typeof platforms)[number];

interface DevicesTable {
  person_id: string;
  device_id: string;
  session_id: string;
  platform: Platform;
  name: string | null;
  token: string | null;
  registered_at: Date;
  last_active_at: Date;
}

export type DeviceRow = DevicesTable;

/** A person's devices, the last active first. There are some dozens at most. */
export function devicesOf(reader: Reader, personId: string): Promise<DeviceRow[]> {
  return reader.sql
    .selectFrom('devices')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('last_active_at', 'desc')
    .orderBy('device_id')
    .limit(100)
    .execute();
}

const liveSession: PreparedStatement = {
  name: 'hold-session',
  text: 'select id from sessions where id = $1 and revoked_at is null for share',
};

/** Keeps a session from ending until the unit of work does. @returns false where it has ended */
export async function holdSession(unit: UnitOfWork, sessionId: string): Promise<boolean> {
  return (await unit.prepared(liveSession, [sessionId])).length > 0;
}

const tokenLock: PreparedStatement = {
  name: 'device-token-lock',
  text: `select pg_advisory_xact_lock(hashtextextended('device-token:' || $1, 0))`,
};

/** Takes a token from whatever device has it. Of several that bring it at once, each waits for the one before. */
export async function releaseToken(unit: UnitOfWork, token: string): Promise<void> {
  await unit.prepared(tokenLock, [token]);
  await unit.sql.deleteFrom('devices').where('token', '=', token).execute();
}

/** Registers a device, or what has changed of it; where no token is given, the old one stays. */
export async function putDevice(unit: UnitOfWork, device: DeviceRow): Promise<void> {
  const { session_id, platform, name, token, last_active_at } = device;
  await unit.sql
    .insertInto('devices')
    .values(device)
    .onConflict((conflict) =>
      conflict
        .columns(['person_id', 'device_id'])
        .doUpdateSet({ session_id, platform, name, last_active_at, ...(token !== null && { token }) }),
    )
    .execute();
}

/** @returns false where there was none */
export async function deleteDevice(unit: UnitOfWork, personId: string, deviceId: string): Promise<boolean> {
  const deleted = await unit.sql
    .deleteFrom('devices')
    .where('person_id', '=', personId)
    .where('device_id', '=', deviceId)
    .returning('device_id')
    .executeTakeFirst();
  return deleted !== undefined;
}

/** Removes all devices of a person. */
export async function deleteDevices(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('devices').where('person_id', '=', personId).execute();
}
