import type { DeviceRow, Platform } from './store.ts';

/** A device that is registered for notifications. Its token is nobody's to see. */
export interface DeviceView {
  readonly deviceId: string;
  readonly platform: Platform;
  readonly name: string | null;
  readonly registeredAt: Date;
  readonly lastActiveAt: Date;
}

export const deviceView = (row: DeviceRow): DeviceView => ({
  deviceId: row.device_id,
  platform: row.platform,
  name: row.name,
  registeredAt: row.registered_at,
  lastActiveAt: row.last_active_at,
});
