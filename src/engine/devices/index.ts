import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { allOf, type DataPart } from '../shared/data-part.ts';
import { deviceView } from './device-view.ts';
import { devices } from './migrations/0025-devices.ts';
import { listDevices, registerDevice, unregisterDevice } from './register-device.ts';
import { deleteDevices, devicesOf } from './store.ts';

export type { DeviceView } from './device-view.ts';
export { maxDevices, type NewDevice } from './register-device.ts';
export { type Platform, platforms } from './store.ts';

export const deviceMigrations: readonly Migration[] = [devices];

/** For the export of a person's data; without tokens. */
export const deviceData: readonly DataPart[] = [
  {
    name: 'devices',
    read: (database, personId) =>
      allOf(database, async (reader) => (await devicesOf(reader, personId)).map(deviceView)),
  },
];

/** The devices to which notifications go. */
export function createDevices(deps: { database: Database; clock: Clock }) {
  return {
    register: registerDevice(deps),
    unregister: unregisterDevice(deps),
    list: listDevices(deps),
    erase: deleteDevices,
  };
}

export type Devices = ReturnType<typeof createDevices>;
