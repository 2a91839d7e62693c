import { fontSizes, type Preferences, themes } from '../../engine/preferences/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { input, oneOf, output, Type } from '../kit/schemas.ts';

const notifications = {
  messages: Type.Boolean(),
  groups: Type.Boolean(),
  calls: Type.Boolean(),
  stories: Type.Boolean(),
  sound: Type.Boolean(),
  vibration: Type.Boolean(),
};
const looks = {
  theme: oneOf(themes),
  language: Type.String({
    pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$',
    maxLength: 35,
    description: 'A language tag.',
    examples: ['en'],
  }),
  fontSize: oneOf(fontSizes),
};
const autoDownload = { photos: Type.Boolean(), videos: Type.Boolean(), documents: Type.Boolean() };
const part = <Properties extends Parameters<typeof input>[0]>(properties: Properties) =>
  Type.Optional(Type.Partial(input(properties), { additionalProperties: false }));

export const PreferencesShape = output({
  notifications: output(notifications, { description: 'What I want to hear of. For clients to obey.' }),
  client: output({ ...looks, autoDownload: output(autoDownload) }, { description: 'How my clients look.' }),
});

/** What I want of my clients. */
export function preferenceOperations({ preferences }: { preferences: Preferences }): AnyOperation[] {
  return [
    operation({
      name: 'preferences.get',
      summary: 'What I want of my clients, on all devices',
      method: 'GET',
      path: '/me/preferences',
      output: PreferencesShape,
      access: 'session',
      socket: true,
      handle: (actor) => preferences.get(actor),
    }),
    operation({
      name: 'preferences.update',
      summary: 'Change some of my preferences',
      description: 'What is not named stays.',
      method: 'PATCH',
      path: '/me/preferences',
      body: input({
        notifications: part(notifications),
        client: Type.Optional(
          Type.Partial(
            input({ ...looks, autoDownload: Type.Partial(input(autoDownload), { additionalProperties: false }) }),
            {
              additionalProperties: false,
            },
          ),
        ),
      }),
      output: PreferencesShape,
      access: 'session',
      socket: true,
      handle: (actor, change) => preferences.update(actor, change),
    }),
  ];
}
