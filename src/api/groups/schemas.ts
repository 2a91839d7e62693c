import {
  disappearingRange,
  maxDescriptionLength,
  maxPhotoUrlLength,
  maxTitleLength,
  photoUrlPattern,
} from '../../engine/groups/index.ts';
import { Permission } from '../conversations/schemas.ts';
import { Counter, Id, input, nullable, output, Time, Type } from '../kit/schemas.ts';
import { Person } from '../people/schemas.ts';

export const groupInput = input({ conversationId: Id('The group.') });
export const memberInput = input({ conversationId: Id('The group.'), personId: Id('Who.') });
export const codeInput = input({
  code: Type.String({ minLength: 1, maxLength: 64, description: 'That of an invite link.' }),
});

export const Title = Type.String({ minLength: 1, maxLength: maxTitleLength });
export const Description = Type.String({ maxLength: maxDescriptionLength });
export const PhotoUrl = nullable(
  Type.String({
    maxLength: maxPhotoUrlLength,
    pattern: photoUrlPattern,
    description: 'http(s), or a path on this server; null: none.',
  }),
);
export const DisappearingSeconds = nullable(
  Type.Integer({
    minimum: disappearingRange.least,
    maximum: disappearingRange.most,
    description: 'New messages vanish after this time, an hour to a year; null: never.',
  }),
);

export const SettingsChange = Type.Object(
  {
    whoCanSend: Type.Optional(Permission),
    whoCanEdit: Type.Optional(Permission),
    whoCanAdd: Type.Optional(Permission),
    joinApproval: Type.Optional(Type.Boolean()),
    historyForNewcomers: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1, description: 'What is left out stays.' },
);

export const NotAddedList = Type.Array(
  output({
    personId: Id('Who.'),
    reason: Type.Union([Type.Literal('privacy'), Type.Literal('unavailable')], {
      description:
        '`privacy`: they do not let me add them; send them an invite link. `unavailable`: they cannot be added.',
    }),
  }),
);

export const Invite = output({
  code: Type.String(),
  createdBy: Id('Who made it.'),
  createdAt: Time('When.'),
  expiresAt: nullable(Time('It is good until then; null: for ever.')),
  maxUses: nullable(Counter('How many may come in by it; null: any number.')),
  uses: Counter('How many have come in by it.'),
});

export const InvitePreview = output({
  title: Type.String(),
  description: Type.String(),
  photoUrl: nullable(Type.String()),
  memberCount: Counter('How many are in it.'),
  joinApproval: Type.Boolean({ description: 'Who comes by the link waits until an admin lets them in.' }),
  conversationId: nullable(Type.String({ description: 'The group, where I am in it.' })),
  requested: Type.Boolean({ description: 'I wait to be let in.' }),
});

export const JoinRequest = output({ person: Person, requestedAt: Time('When they asked.') });
