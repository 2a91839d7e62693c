import { maxContacts } from '../../../engine/contacts/index.ts';
import type { ContactView } from '../../../engine/people/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { Call, Route } from '../../kit/rest.ts';
import { cardIn } from '../cards.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { presentContact } from '../present/contact.ts';
import { cardOf } from '../present/user.ts';
import { isMissing } from '../wire/ids.ts';
import { phoneMeant } from '../wire/phone.ts';
import { done, endpoint, found } from './endpoint.ts';

/** Clients that ask for no page get all. */
const limits = { min: 1, max: maxContacts, default: maxContacts };
const offsets = { min: 0, max: maxContacts, default: 0 };

const nameRule = { max: 100, message: 'contact_name must have at most 100 characters' };

/** The caller's address book, and whom they have blocked in it. */
export function contactRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, numbers, cards, fileNames } = deps;

  /** The caller's contacts, a page of them where one is asked for. */
  const list = async (actor: Actor, call: Call, query: Parameters<typeof engine.contacts.listed>[1]) => {
    const fields = new Fields(call.query, 'query');
    const page = { offset: fields.clamped('offset', offsets), limit: fields.clamped('limit', limits) };
    const { items } = await engine.contacts.listed(actor, { ...query, ...page });
    const people = items.flatMap(({ person }) => person?.id ?? []);
    const named = { contact: items.map(({ id }) => id), user: [actor.personId, ...people] };
    const [presence, n] = await Promise.all([
      engine.presence.of(items.flatMap(({ seen }) => seen ?? [])),
      numbers.of(named),
    ]);
    const show = { n, site: call.site, fileNames };
    return found(
      items.flatMap((contact) => {
        const { person } = contact;
        if (!person) return [];
        const card = cardOf({ person, presence: presence.get(person.id) ?? null });
        return [presentContact(contact, actor.personId, card, show)];
      }),
    );
  };

  /** Contacts in their order; those whose person is not known are not there for this door. */
  const show = async (actor: Actor, contacts: readonly ContactView[], { site }: Call) => {
    const known = contacts.flatMap((contact) => (contact.person ? [{ contact, personId: contact.person.id }] : []));
    const people = known.map(({ personId }) => personId);
    const named = { contact: known.map(({ contact }) => contact.id), user: [actor.personId, ...people] };
    const [seen, n] = await Promise.all([cards.of(actor, people), numbers.of(named)]);
    return known.map(({ contact, personId }) =>
      presentContact(contact, actor.personId, cardIn(seen, personId), { n, site, fileNames }),
    );
  };

  /** An entry that the caller names. @throws EngineError `contact_not_found` */
  const find = async (actor: Actor, given: unknown) => {
    const { contact } = await engine.contacts.get(actor, (await numbers.idOf('contact', given)) ?? '');
    if (!contact.person) throw new EngineError('contact_not_found', 'There is no such contact.');
    return { contactId: contact.id, personId: contact.person.id };
  };

  const showOne = async (actor: Actor, contactId: string, call: Call) => {
    const { contact } = await engine.contacts.get(actor, contactId);
    return (await show(actor, [contact], call))[0];
  };

  return [
    endpoint('POST', '/api/contacts', 'Failed to add contact', async (actor, call) => {
      const { body } = call;
      if (isMissing(body.contact_user_id)) throw new Refusal(400, 'contact_user_id is required');
      const fields = new Fields(body);
      const name = fields.text('contact_name', nameRule) || null;
      fields.assertValid();
      const personId = (await numbers.idOf('user', body.contact_user_id)) ?? '';
      const { contact, created } = await engine.contacts.add(actor, { personId, name });
      if (!created) throw new Refusal(400, 'Contact already exists');
      const [data] = await show(actor, [contact], call);
      return { status: 201, body: { success: true, message: 'Contact added successfully', data } };
    }),
    endpoint('GET', '/api/contacts', 'Failed to get contacts', async (actor, call) => {
      const fields = new Fields(call.query, 'query');
      const favourites = fields.flag('favorite', 'favorite must be true or false') ?? false;
      fields.assertValid();
      return list(actor, call, { blocked: false, favourites });
    }),
    endpoint('GET', '/api/contacts/blocked', 'Failed to get blocked contacts', (actor, call) =>
      list(actor, call, { blocked: true }),
    ),
    endpoint('GET', '/api/contacts/search', 'Failed to search contacts', async (actor, call) => {
      const fields = new Fields(call.query, 'query');
      const text = fields.requiredText(['query', 'q'], { max: 100, message: 'query is required' });
      fields.assertValid();
      return list(actor, call, { blocked: false, text, phone: phoneMeant(text) });
    }),
    endpoint('PUT', '/api/contacts/:id', 'Failed to update contact', async (actor, call) => {
      const fields = new Fields(call.body);
      const name = fields.text('contact_name', nameRule);
      const favourite = fields.flag('is_favorite', 'is_favorite must be true or false');
      fields.assertValid();
      const { contactId } = await find(actor, call.params.id);
      const change = { ...(name !== undefined && { name: name || null }), favourite };
      const { contact } = await engine.contacts.change(actor, contactId, change);
      return done('Contact updated successfully', (await show(actor, [contact], call))[0]);
    }),
    endpoint('PUT', '/api/contacts/:id/block', 'Failed to block contact', async (actor, call) => {
      const fields = new Fields(call.body);
      const blocked = fields.flag('is_blocked', 'is_blocked must be true or false');
      if (blocked === undefined) fields.problem('is_blocked', 'is_blocked is required');
      fields.assertValid();
      const { contactId, personId } = await find(actor, call.params.id);
      await engine.contacts.setBlocked(actor, personId, blocked === true);
      return done(`Contact ${blocked ? 'blocked' : 'unblocked'} successfully`, await showOne(actor, contactId, call));
    }),
    endpoint('DELETE', '/api/contacts/:id', 'Failed to delete contact', async (actor, { params }) => {
      const { contactId, personId } = await find(actor, params.id);
      // First: an entry that is gone could not be unblocked any more, had the server stopped in between.
      await engine.contacts.setBlocked(actor, personId, false);
      await engine.contacts.remove(actor, contactId);
      return done('Contact deleted successfully');
    }),
  ];
}
