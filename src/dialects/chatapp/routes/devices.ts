import { createHash } from 'node:crypto';
import { platforms } from '../../../engine/devices/index.ts';
import { Fields } from '../../kit/fields.ts';
import type { Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { presentDevice } from '../present/user.ts';

const tokenNames = ['fcmToken', 'token', 'pushToken', 'apnsToken'];

/** Where notifications go. */
export const deviceRoutes = ({ engine }: ChatappDeps): Route[] => [
  {
    method: 'POST',
    path: ['/api/users/device', '/api/users/push-token', '/api/users/fcm-token'],
    access: 'session',
    async handle(actor, { body }) {
      const fields = new Fields(body);
      const token = fields.text(tokenNames, { max: 2_000, message: 'Push token is not valid' }) || null;
      const given = fields.text('deviceId', { max: 200, message: 'Device ID is not valid' });
      const deviceId = given || (token && createHash('sha256').update(token).digest('hex').slice(0, 32));
      if (!deviceId) fields.problem('deviceId', 'Device ID is required');
      const types = ['deviceType', 'platform'];
      const platform = fields.choice(types, platforms, 'Device type must be ios, android, web or desktop') ?? 'android';
      const name = fields.text('deviceName', { max: 100, message: 'Device name is too long' }) || `${platform} Device`;
      fields.assertValid();
      const devices = await engine.devices.register(actor, { deviceId: deviceId ?? '', platform, name, token });
      const data = { devices: devices.map(presentDevice) };
      return { body: { success: true, message: 'Device registered successfully', data } };
    },
  },
  {
    method: 'DELETE',
    path: '/api/users/device/:deviceId',
    access: 'session',
    async handle(actor, { params }) {
      await engine.devices.unregister(actor, params.deviceId ?? '');
      return { body: { success: true, message: 'Device unregistered successfully' } };
    },
  },
];
