import { type Devices, maxDevices, platforms } from '../../engine/devices/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { input, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';

const deviceId = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Chosen by the client, the same each time.',
});
const platform = oneOf(platforms);

const Device = output({
  deviceId,
  platform,
  name: nullable(Type.String()),
  registeredAt: Time('When it was registered first.'),
  lastActiveAt: Time('When it was registered last.'),
});
const DeviceList = output({ items: Type.Array(Device) });

/** Where my notifications go. */
export function deviceOperations({ devices }: { devices: Devices }): AnyOperation[] {
  return [
    operation({
      name: 'devices.list',
      summary: 'My devices that get notifications',
      description: 'Their tokens are not shown.',
      method: 'GET',
      path: '/devices',
      output: DeviceList,
      access: 'session',
      socket: true,
      handle: async (actor) => ({ items: await devices.list(actor) }),
    }),
    operation({
      name: 'devices.register',
      summary: 'Register this device for notifications, or change it',
      description: `It is removed when this session ends. A token belongs to who brought it last. At most ${maxDevices}; then the one that was not active for longest goes.`,
      method: 'PUT',
      path: '/devices/:deviceId',
      params: input({ deviceId }),
      body: input({
        platform,
        name: Type.Optional(nullable(Type.String({ maxLength: 100 }))),
        token: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 2_000,
            description: 'Of its platform. Without it, the old one stays.',
          }),
        ),
      }),
      output: DeviceList,
      access: 'session',
      socket: true,
      handle: async (actor, device) => ({ items: await devices.register(actor, device) }),
    }),
    operation({
      name: 'devices.unregister',
      summary: 'Send no more notifications to a device',
      method: 'DELETE',
      path: '/devices/:deviceId',
      params: input({ deviceId }),
      access: 'session',
      socket: true,
      handle: (actor, given) => devices.unregister(actor, given.deviceId),
    }),
  ];
}
