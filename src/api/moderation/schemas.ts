import { auditActions, auditTargets } from '../../engine/audit/index.ts';
import { reportOutcomes, reportReasons, reportStatuses } from '../../engine/moderation/index.ts';
import { Id, nullable, oneOf, output, Time, Type } from '../kit/schemas.ts';
import { OwnProfile } from '../people/schemas.ts';

export const Reason = oneOf(reportReasons);
export const Status = oneOf(reportStatuses);
export const Outcome = oneOf(reportOutcomes);
export const Action = oneOf(auditActions);

/** A point in time that a client sends. */
export const Until = Type.Optional(
  Type.String({
    format: 'date-time',
    maxLength: 40,
    description: 'When the suspension ends by itself, ISO 8601; without it, when an admin restores the account.',
  }),
);

export const ReportReceipt = output({
  id: Id('The report.'),
  createdAt: Time('When I first reported it.'),
  created: Type.Boolean({ description: 'false: my open report about the same thing was changed.' }),
});

const reportProperties = {
  id: Id('The report.'),
  status: Status,
  reporterId: Id('Who reported.'),
  personId: Id('Who is reported; of a message, its sender.'),
  conversationId: nullable(Id('Where the message was sent; null where a person is reported.')),
  messageId: nullable(Id('The message; null where a person is reported.')),
  reason: Reason,
  note: nullable(Type.String({ description: "The reporter's own words." })),
  createdAt: Time('When it was first reported.'),
  updatedAt: Time('When the reporter last changed it.'),
  otherOpen: Type.Integer({ description: 'How many other reports about the same person are open, counted to 100.' }),
  resolution: nullable(
    output({
      outcome: Outcome,
      note: nullable(Type.String()),
      adminId: Id('Who closed it.'),
      at: Time('When.'),
    }),
  ),
};

export const Report = output(reportProperties);

export const ReportDetails = output({
  ...reportProperties,
  message: nullable(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'The message as it was first reported: `seq`, `senderId`, `kind`, `text`, `createdAt` and what else it had. Deleting it changes nothing here.',
    }),
  ),
  files: Type.Array(
    output({
      mediaId: Id('The file.'),
      url: Type.String({ description: 'On this server. Needs no header; good for me alone, while I am an admin.' }),
      thumbnailUrl: nullable(Type.String({ description: 'A small picture of it; null: there is none.' })),
      expiresAt: Time('From then on the addresses are no good: ask for the report again.'),
    }),
    {
      description:
        'Files of the message that were uploaded here, also where it was deleted; none once the report is closed.',
    },
  ),
});

export const Suspension = output({
  reason: Type.String({ description: 'For admins.', examples: ['Sends spam after two warnings'] }),
  at: Time('Since when.'),
  until: nullable(Time('When it ends by itself; null: when an admin restores the account.')),
});

export const Account = output({
  ...OwnProfile.properties,
  sessions: Type.Integer({ description: 'On how many devices the person is signed in, counted to 100.' }),
  suspended: Type.Boolean({ description: 'Whether it is suspended now.' }),
  suspension: nullable(Suspension),
});

export const AuditEntry = output({
  id: Id('The entry.'),
  at: Time('When.'),
  actorId: nullable(Id('The admin; null where the operator acted, on the machine itself.')),
  action: Action,
  targetKind: oneOf(auditTargets),
  targetId: Id('What it was done to.'),
  details: Type.Record(Type.String(), Type.Unknown(), { description: 'Facts by name.' }),
  ip: nullable(Type.String()),
  door: nullable(Type.String()),
});
