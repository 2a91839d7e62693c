import { type Contacts, maxContacts, maxMatches } from '../../engine/contacts/index.ts';
import { Phone } from '../auth/schemas.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Counter, Cursor, Id, input, Limit, nullable, output, page, type TSchema, Type } from '../kit/schemas.ts';
import { Person } from '../people/schemas.ts';
import { Block, Contact } from './schemas.ts';

const contactId = input({ contactId: Id('The contact.') });
const personId = input({ personId: Id('The person.') });
const name = Type.Optional(
  nullable(Type.String({ maxLength: 100, description: "A name of mine for them; null shows the person's own." })),
);
const favourite = Type.Optional(Type.Boolean());
const closeFriend = Type.Optional(Type.Boolean());
const version = Counter(
  'Of my address book, contacts and blocks together; grows by one with each change. Who holds a smaller one has missed something.',
);
const versionedPage = <Schema extends TSchema>(items: Schema) => output({ ...page(items).properties, version });

/** My address book, and whom I have blocked. */
export function contactOperations({ contacts }: { contacts: Contacts }): AnyOperation[] {
  return [
    operation({
      name: 'contacts.add',
      summary: 'Add a person or a phone number to my address book',
      description: `Give one of the two. A number may be one that nobody has joined with: its person is linked when they do. Who is there already stays as they are (200 instead of 201). At most ${maxContacts} contacts.`,
      method: 'POST',
      path: '/contacts',
      body: input({
        personId: Type.Optional(Id('The person.')),
        phone: Type.Optional(Phone),
        name,
        favourite,
        closeFriend,
      }),
      output: output({ contact: Contact, created: Type.Boolean(), version }),
      status: ({ created }) => (created ? 201 : 200),
      access: 'session',
      socket: true,
      handle: (actor, contact) => contacts.add(actor, contact),
    }),
    operation({
      name: 'contacts.list',
      summary: 'My contacts by their names',
      description: 'With `q`, those with it in their name, username or phone number.',
      method: 'GET',
      path: '/contacts',
      query: input({
        q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'What to look for.' })),
        favourites: Type.Optional(Type.Boolean({ description: 'Only favourites.' })),
        cursor: Cursor,
        limit: Limit(200, 100),
      }),
      output: versionedPage(Contact),
      access: 'session',
      socket: true,
      handle: (actor, { q, favourites = false, cursor, limit = 100 }) =>
        contacts.list(actor, { text: q, favourites, cursor, limit }),
    }),
    operation({
      name: 'contacts.get',
      summary: 'One contact',
      method: 'GET',
      path: '/contacts/:contactId',
      params: contactId,
      output: output({ contact: Contact, version }),
      access: 'session',
      socket: true,
      handle: (actor, { contactId }) => contacts.get(actor, contactId),
    }),
    operation({
      name: 'contacts.update',
      summary: 'Rename a contact, or mark it as a favourite or a close friend',
      method: 'PATCH',
      path: '/contacts/:contactId',
      params: contactId,
      body: input({ name, favourite, closeFriend }),
      output: output({ contact: Contact, version }),
      access: 'session',
      socket: true,
      handle: (actor, { contactId, ...change }) => contacts.change(actor, contactId, change),
    }),
    operation({
      name: 'contacts.remove',
      summary: 'Remove a contact',
      method: 'DELETE',
      path: '/contacts/:contactId',
      params: contactId,
      output: output({ version }),
      access: 'session',
      socket: true,
      handle: (actor, { contactId }) => contacts.remove(actor, contactId),
    }),
    operation({
      name: 'contacts.match',
      summary: 'Find the people of an address book',
      description:
        'Answers with the numbers that belong to somebody who wants to be found by number. That one is missing tells nothing. 5,000 numbers a day.',
      method: 'POST',
      path: '/contacts/match',
      body: input({ phones: Type.Array(Phone, { maxItems: maxMatches, description: 'In international form.' }) }),
      output: output({
        matches: Type.Array(output({ phone: Type.String({ description: 'As it was given.' }), person: Person })),
      }),
      access: 'session',
      socket: true,
      handle: async (actor, { phones }) => ({ matches: await contacts.match(actor, phones) }),
    }),
    operation({
      name: 'blocks.list',
      summary: 'Whom I have blocked, the last first',
      method: 'GET',
      path: '/blocks',
      query: input({ cursor: Cursor, limit: Limit(200, 100) }),
      output: versionedPage(Block),
      access: 'session',
      socket: true,
      handle: (actor, { cursor, limit = 100 }) => contacts.listBlocks(actor, { cursor, limit }),
    }),
    operation({
      name: 'blocks.add',
      summary: 'Block a person',
      description:
        'They are not told. They see no presence, photo or about of mine any more, and find me neither by name nor by number; neither do I them. Nothing is removed.',
      method: 'PUT',
      path: '/blocks/:personId',
      params: personId,
      output: output({ person: Person, version }),
      access: 'session',
      socket: true,
      handle: (actor, { personId }) => contacts.setBlocked(actor, personId, true),
    }),
    operation({
      name: 'blocks.remove',
      summary: 'Unblock a person',
      method: 'DELETE',
      path: '/blocks/:personId',
      params: personId,
      output: output({ person: Person, version }),
      access: 'session',
      socket: true,
      handle: (actor, { personId }) => contacts.setBlocked(actor, personId, false),
    }),
  ];
}
