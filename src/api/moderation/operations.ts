import type { AuditLog } from '../../engine/audit/index.ts';
import type { ReportedFile } from '../../engine/media/index.ts';
import type { Moderation, ReportTarget } from '../../engine/moderation/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, page, Type } from '../kit/schemas.ts';
import { urlOf } from '../media/link-url.ts';
import {
  Account,
  Action,
  AuditEntry,
  Outcome,
  Reason,
  Report,
  ReportDetails,
  ReportReceipt,
  Status,
  Suspension,
  Until,
} from './schemas.ts';

const Note = Type.Optional(Type.String({ maxLength: 1_000 }));
const SuspensionReason = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'For admins; the person is not told.',
  examples: ['Sends spam after two warnings'],
});
const report = input({ reportId: Id('The report.') });
const person = input({ personId: Id('The person.') });

/** Reports, and what admins do. Whether somebody is one is the engine's to decide. */
export function moderationOperations(deps: { moderation: Moderation; auditLog: AuditLog }): AnyOperation[] {
  const { moderation, auditLog } = deps;
  return [
    operation({
      name: 'reports.create',
      summary: 'Report a person or a message',
      description:
        'Give `personId`, or `conversationId` and `messageId`. Admins see it, with the message as it is now; who is reported is told nothing. While it is open, reporting the same again changes it (200 instead of 201).',
      method: 'POST',
      path: '/reports',
      body: input({
        personId: Type.Optional(Id('The person to report.')),
        conversationId: Type.Optional(Id('Where the message to report was sent.')),
        messageId: Type.Optional(Id('The message to report.')),
        reason: Reason,
        note: Note,
      }),
      output: ReportReceipt,
      status: ({ created }) => (created ? 201 : 200),
      access: 'session',
      socket: true,
      handle: (actor, { reason, note, ...what }) => moderation.report(actor, { target: targetOf(what), reason, note }),
    }),
    operation({
      name: 'admin.reports.list',
      summary: 'Reports, the newest first',
      description: 'For admins. Open ones if no status is given.',
      method: 'GET',
      path: '/admin/reports',
      query: input({ status: Type.Optional(Status), cursor: Cursor, limit: Limit(100, 50) }),
      output: page(Report),
      access: 'session',
      socket: true,
      handle: (actor, { status = 'open', cursor, limit = 50 }) =>
        moderation.listReports(actor, { status, cursor, limit }),
    }),
    operation({
      name: 'admin.reports.get',
      summary: 'One report, with the message',
      description:
        'For admins. Recorded in the audit log. While it is open, the files of the message are kept, and come with links.',
      method: 'GET',
      path: '/admin/reports/:reportId',
      params: report,
      output: ReportDetails,
      access: 'session',
      socket: true,
      handle: async (actor, { reportId }, { origin }) => {
        const { files, ...details } = await moderation.getReport(actor, reportId, origin);
        return { ...details, files: files.map(fileOf) };
      },
    }),
    operation({
      name: 'admin.reports.resolve',
      summary: 'Close a report',
      description:
        'For admins. With `suspend: true`, and the outcome `suspended`, it also suspends the person, for the reason in `note`: both happen or neither. Who comes second is refused (`report_closed`).',
      method: 'POST',
      path: '/admin/reports/:reportId/resolution',
      params: report,
      body: input({ outcome: Outcome, note: Note, suspend: Type.Optional(Type.Boolean()), until: Until }),
      output: Report,
      access: 'session',
      socket: true,
      handle: (actor, { reportId, until, ...resolution }, { origin }) =>
        moderation.resolveReport(actor, reportId, { ...resolution, until: dateOf(until) }, origin),
    }),
    operation({
      name: 'admin.people.get',
      summary: 'One account, with what only its owner sees otherwise',
      description: 'For admins. Recorded in the audit log.',
      method: 'GET',
      path: '/admin/people/:personId',
      params: person,
      output: Account,
      access: 'session',
      socket: true,
      handle: (actor, { personId }, { origin }) => moderation.getAccount(actor, personId, origin),
    }),
    operation({
      name: 'admin.people.suspend',
      summary: 'Suspend an account',
      description:
        'For admins. Its sessions end at once; signing in is refused with `account_suspended` until then. It is not found any more; conversations stay as they are. An account that is suspended gets the new reason and end.',
      method: 'PUT',
      path: '/admin/people/:personId/suspension',
      params: person,
      body: input({ reason: SuspensionReason, until: Until }),
      output: Suspension,
      access: 'session',
      socket: true,
      handle: (actor, { personId, reason, until }, { origin }) =>
        moderation.suspend(actor, personId, { reason, until: dateOf(until) }, origin),
    }),
    operation({
      name: 'admin.people.restore',
      summary: 'End the suspension of an account',
      description: 'For admins. The person signs in again.',
      method: 'DELETE',
      path: '/admin/people/:personId/suspension',
      params: person,
      access: 'session',
      socket: true,
      handle: (actor, { personId }, { origin }) => moderation.restore(actor, personId, origin),
    }),
    operation({
      name: 'admin.audit.list',
      summary: 'The audit log, the latest first',
      description: 'For admins. Every privileged act of the last two years.',
      method: 'GET',
      path: '/admin/audit',
      query: input({
        actorId: Type.Optional(Id('Only what this admin did.')),
        targetId: Type.Optional(Id('Only what was done to this person or report.')),
        action: Type.Optional(Action),
        cursor: Cursor,
        limit: Limit(100, 50),
      }),
      output: page(AuditEntry),
      access: 'session',
      socket: true,
      handle: (actor, { limit = 50, ...query }) => auditLog.list(actor, { ...query, limit }),
    }),
  ];
}

const fileOf = ({ mediaId, original, thumbnail }: ReportedFile) => ({
  mediaId,
  url: urlOf(original),
  thumbnailUrl: thumbnail && urlOf(thumbnail),
  expiresAt: new Date(original.expires * 1_000),
});

const dateOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

function targetOf(given: { personId?: string; conversationId?: string; messageId?: string }): ReportTarget {
  const { personId, conversationId, messageId } = given;
  const refuse = (message: string, path: string) => new EngineError('invalid_request', message, { path });
  if (personId !== undefined) {
    if (conversationId === undefined && messageId === undefined) return { personId };
    throw refuse('Give either personId, or conversationId and messageId.', '/personId');
  }
  if (conversationId === undefined && messageId === undefined) {
    throw refuse('Give personId, or conversationId and messageId.', '/personId');
  }
  if (conversationId === undefined) throw refuse('Give the conversationId of the message.', '/conversationId');
  if (messageId === undefined) throw refuse('Give the messageId to report.', '/messageId');
  return { conversationId, messageId };
}
