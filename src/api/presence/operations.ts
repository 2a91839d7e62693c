import { maxPresencePeople, type Presence } from '../../engine/presence/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { readTime } from '../kit/read-time.ts';
import { Id, input, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';
import { Availability, CustomStatus } from '../people/schemas.ts';

const presenceState = {
  personId: Id('The person.'),
  online: Type.Boolean(),
  lastSeenAt: nullable(Time('When they were last online; while online, when they came.')),
  availability: Availability,
  customStatus: nullable(CustomStatus),
};
export const PresenceState = output(presenceState);

export const PresenceChanged = output({
  ...presenceState,
  change: oneOf(['connection', 'availability', 'custom_status'], { description: 'What of it has changed.' }),
});

/** Who is online. */
export function presenceOperations({ presence }: { presence: Presence }): AnyOperation[] {
  return [
    operation({
      name: 'me.setStatus',
      summary: 'Change what I appear as',
      description:
        'Those who may see whether I am online see it. `offline`: I am online for nobody, whatever devices I have connected.',
      method: 'PATCH',
      path: '/me/status',
      body: input({
        availability: Type.Optional(Availability),
        customStatus: Type.Optional(
          nullable(
            Type.Object(
              {
                text: Type.String({ maxLength: 140 }),
                emoji: Type.Optional(Type.String({ maxLength: 32 })),
                expiresAt: Type.Optional(nullable(Type.String({ format: 'date-time' }))),
              },
              { additionalProperties: false, description: 'null removes it.' },
            ),
          ),
        ),
      }),
      output: output({ availability: Availability, customStatus: nullable(CustomStatus) }),
      access: 'session',
      socket: true,
      handle: (actor, { availability, customStatus }) =>
        presence.updateStatus(actor, {
          availability,
          customStatus: customStatus && {
            text: customStatus.text,
            emoji: customStatus.emoji ?? '',
            expiresAt: customStatus.expiresAt ? readTime(customStatus.expiresAt, '/customStatus/expiresAt') : null,
          },
        }),
    }),
    operation({
      name: 'presence.watch',
      summary: 'Who of these people is online',
      description:
        'Shown are people with whom I share a conversation, and my contacts, if their privacy allows; others, and people with a block between us, are left out. Over the socket, the connection also gets changes of presence and profile of these people from now on, instead of those of the call before.',
      method: 'GET',
      path: '/presence',
      query: input({
        people: Type.String({
          minLength: 1,
          maxLength: 20_000,
          description: `Ids, separated by commas; at most ${maxPresencePeople}.`,
        }),
      }),
      output: output({ items: Type.Array(PresenceState) }),
      access: 'session',
      socket: true,
      handle: async (actor, { people }, { connection }) => {
        const ids = people
          .split(',')
          .map((id: string) => id.trim())
          .filter(Boolean);
        if (ids.length > maxPresencePeople) {
          throw new EngineError('invalid_request', `Ask about at most ${maxPresencePeople} people.`, {
            path: '/people',
          });
        }
        if (!connection) return { items: await presence.get(actor, ids) };
        return connection.whileHeld(async () => {
          const visible = (await presence.get(actor, ids)).map(({ personId }) => personId);
          await connection.watch(visible);
          // Read again, now that no change can be missed; who has become invisible meanwhile is not watched any more.
          const items = await presence.get(actor, visible);
          if (items.length < visible.length) await connection.watch(items.map(({ personId }) => personId));
          return { items };
        });
      },
    }),
  ];
}
