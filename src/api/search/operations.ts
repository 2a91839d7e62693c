import type { Search } from '../../engine/search/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Cursor, Id, input, Limit, output, page, Type } from '../kit/schemas.ts';
import { Kind, Message } from '../messages/schemas.ts';

const Moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', maxLength: 40, description }));

/** Of what has the form, some is no time: second 60. */
function timeOf(given: string | undefined, path: string): Date | undefined {
  if (given === undefined) return undefined;
  const time = new Date(given);
  if (Number.isNaN(time.getTime())) throw new EngineError('invalid_request', `There is no time ${given}.`, { path });
  return time;
}

/** Searching in what was written. */
export function searchOperations({ search }: { search: Search }): AnyOperation[] {
  return [
    operation({
      name: 'messages.search',
      summary: 'Search messages',
      description:
        'Messages of one conversation, or of all of mine, the newest first. Give a text, a filter, or both; all of them must fit. A page may hold fewer messages than `limit`, even none, while `next` is given: one request searches a bounded part of a long history, so go on with `next` until it is null.',
      method: 'GET',
      path: '/messages/search',
      query: input({
        q: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 200,
            description:
              'Words, or parts of them, that must all occur in what a message says; "wohn" finds "Ferienwohnungen". Capital letters make no difference, accents do. A message says its text, the names of its files, name and address of a location, name and phone numbers of a contact, and title, description and url of a link. With kind=system, `value` is searched.',
          }),
        ),
        conversationId: Type.Optional(Id('Only in this conversation.')),
        senderId: Type.Optional(Id('Only what this person sent.')),
        kind: Type.Optional(Kind),
        after: Moment('Only what was sent at this time or later.'),
        before: Moment('Only what was sent earlier than this.'),
        cursor: Cursor,
        limit: Limit(50, 20),
      }),
      output: page(output({ conversationId: Id('Where it was sent.'), message: Message })),
      access: 'session',
      socket: true,
      handle: (actor, { q, after, before, limit = 20, ...rest }) =>
        search.messages(actor, {
          ...rest,
          text: q,
          after: timeOf(after, '/after'),
          before: timeOf(before, '/before'),
          limit,
        }),
    }),
  ];
}
