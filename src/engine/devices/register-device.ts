import { lockPerson, personNotFound } from '../people/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { type DeviceView, deviceView } from './device-view.ts';
import { deleteDevice, devicesOf, holdSession, type Platform, putDevice, releaseToken } from './store.ts';

/** The most devices of one person. */
export const maxDevices = 20;

export interface NewDevice {
  /** Chosen by the client, the same each time. */
  readonly deviceId: string;
  readonly platform: Platform;
  readonly name?: string | null | undefined;
  /** By which its platform sends it notifications; it is never shown again. */
  readonly token?: string | null | undefined;
}

/**
 * Registers the device of the actor's session for notifications, or what has changed of it. It is removed when the session
 * ends. A token belongs to whoever brought it last. With more than {@link maxDevices}, the one that was not active for
 * longest goes.
 *
 * @returns all devices of the actor, the last active first
 * @throws EngineError `session_revoked`
 */
export const registerDevice =
  (deps: { database: Database; clock: Clock }) =>
  async (actor: Actor, { deviceId, platform, name = null, token = null }: NewDevice): Promise<DeviceView[]> =>
    deps.database.write(async (unit) => {
      const { personId, sessionId } = actor;
      if (!(await lockPerson(unit, personId, 'alone'))) throw personNotFound();
      if (!(await holdSession(unit, sessionId))) {
        throw new EngineError('session_revoked', 'The session has been ended. Sign in again.');
      }
      const before = await devicesOf(unit, personId);
      const same = before.find((row) => row.device_id === deviceId);
      if (token !== null && same?.token !== token) await releaseToken(unit, token);
      const at = new Date(deps.clock.now());
      await putDevice(unit, {
        person_id: personId,
        device_id: deviceId,
        session_id: sessionId,
        platform,
        name,
        token,
        registered_at: same?.registered_at ?? at,
        last_active_at: at,
      });
      const after = await devicesOf(unit, personId);
      for (const row of after.slice(maxDevices)) await deleteDevice(unit, personId, row.device_id);
      return after.slice(0, maxDevices).map(deviceView);
    });

/**
 * Removes a device of the actor's: it gets no more notifications.
 *
 * @throws EngineError `device_not_found`
 */
export const unregisterDevice =
  (deps: { database: Database }) =>
  async (actor: Actor, deviceId: string): Promise<void> => {
    const gone = await deps.database.write((unit) => deleteDevice(unit, actor.personId, deviceId));
    if (!gone) throw new EngineError('device_not_found', 'You have no such device.');
  };

/** The actor's devices, the last active first. */
export const listDevices =
  (deps: { database: Database }) =>
  async (actor: Actor): Promise<DeviceView[]> =>
    (await deps.database.read((reader) => devicesOf(reader, actor.personId))).map(deviceView);
