import { maxScheduled, type Scheduling } from '../../engine/scheduling/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { readTime } from '../kit/read-time.ts';
import { Id, input, output, Type } from '../kit/schemas.ts';
import { encodeAck } from '../messages/encode-message.ts';
import { ContentInput, MentionsInput, TextInput } from '../messages/inputs.ts';
import { Kind, Message } from '../messages/schemas.ts';
import { ScheduledMessage } from './schemas.ts';

const scheduled = input({ scheduledId: Id('The scheduled message.') });
const SendAt = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'ISO 8601 with a time zone; a minute to a year from now.',
});

/** Messages that wait for their time. */
export function schedulingOperations({ scheduling }: { scheduling: Scheduling }): AnyOperation[] {
  return [
    operation({
      name: 'scheduled.create',
      summary: 'Send a message later',
      description: `It is checked now as if it were sent now, and again at its time. At most ${maxScheduled} wait at a time (\`limit_reached\`).`,
      method: 'POST',
      path: '/conversations/:conversationId/scheduled',
      params: input({ conversationId: Id('The conversation.') }),
      body: input({
        kind: Type.Optional(Kind),
        text: Type.Optional(TextInput),
        content: Type.Optional(ContentInput),
        replyTo: Type.Optional(Id('A message of the same conversation that this one answers.')),
        mentions: Type.Optional(MentionsInput),
        sendAt: SendAt,
      }),
      output: ScheduledMessage,
      status: 201,
      access: 'session',
      socket: true,
      handle: (actor, { kind = 'text', text = '', sendAt, ...message }, { connection }) =>
        scheduling.create(actor, { ...message, kind, text, sendAt: readTime(sendAt, '/sendAt') }, connection?.id),
    }),
    operation({
      name: 'scheduled.list',
      summary: 'My scheduled messages, the next first',
      description:
        'All of them in one answer. Ask for it after each (re)connection: events that were missed do not come again.',
      method: 'GET',
      path: '/scheduled',
      query: input({ conversationId: Type.Optional(Id('Only those of this conversation.')) }),
      output: output({ items: Type.Array(ScheduledMessage) }),
      access: 'session',
      socket: true,
      handle: async (actor, { conversationId }) => ({ items: await scheduling.list(actor, conversationId) }),
    }),
    operation({
      name: 'scheduled.update',
      summary: 'Change a scheduled message',
      description:
        'What is left out stays. One that has failed is to be sent again, and needs a new `sendAt`. While it is being sent it is `too_late`.',
      method: 'PATCH',
      path: '/scheduled/:scheduledId',
      params: scheduled,
      body: input({
        text: Type.Optional(TextInput),
        content: Type.Optional(ContentInput),
        mentions: Type.Optional(MentionsInput),
        sendAt: Type.Optional(SendAt),
      }),
      output: ScheduledMessage,
      access: 'session',
      socket: true,
      handle: (actor, { scheduledId, sendAt, ...change }, { connection }) =>
        scheduling.update(
          actor,
          scheduledId,
          { ...change, sendAt: sendAt === undefined ? undefined : readTime(sendAt, '/sendAt') },
          connection?.id,
        ),
    }),
    operation({
      name: 'scheduled.cancel',
      summary: 'Give a scheduled message up',
      method: 'DELETE',
      path: '/scheduled/:scheduledId',
      params: scheduled,
      access: 'session',
      socket: true,
      handle: (actor, { scheduledId }, { connection }) => scheduling.cancel(actor, scheduledId, connection?.id),
    }),
    operation({
      name: 'scheduled.send',
      summary: 'Send a scheduled message now',
      description: 'This device gets the event of the message too.',
      method: 'POST',
      path: '/scheduled/:scheduledId/sending',
      params: scheduled,
      output: output({ message: Message, duplicate: Type.Boolean() }),
      access: 'session',
      socket: true,
      encode: encodeAck,
      handle: (actor, { scheduledId }) => scheduling.sendNow(actor, scheduledId),
    }),
  ];
}
