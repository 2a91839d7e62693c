import { Fields } from '../../kit/fields.ts';
import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { findConversation, showConversations } from '../show-conversations.ts';
import { isMissing } from '../wire/ids.ts';
import { done, endpoint, found } from './endpoint.ts';

/** Muted until then is muted for good. */
const forever = new Date('9999-01-01T00:00:00.000Z');

/** The caller's conversations, and what the caller does with them for themself. */
export function conversationRoutes(deps: ConvospaceDeps): Route[] {
  const { engine, numbers } = deps;
  const one = '/api/conversations/:id';

  return [
    endpoint('POST', '/api/conversations', 'Failed to create conversation', async (actor, { body, site }) => {
      if (isMissing(body.participant_id)) throw new Refusal(400, 'participant_id is required');
      const personId = (await numbers.idOf('user', body.participant_id)) ?? '';
      const { conversationId } = await engine.conversations.startDirect(actor, personId);
      const [shown] = await showConversations(deps, actor, [await engine.inbox.getShown(actor, conversationId)], site);
      return found(shown);
    }),
    endpoint('GET', '/api/conversations', 'Failed to get conversations', async (actor, { site }) => {
      const { items } = await engine.inbox.listShown(actor, { kind: 'direct' });
      return found(await showConversations(deps, actor, items, site));
    }),
    endpoint('GET', one, 'Failed to get conversation', async (actor, { params, site }) => {
      const view = await findConversation(deps, actor, params.id);
      return found((await showConversations(deps, actor, [view], site))[0]);
    }),
    endpoint('DELETE', one, 'Failed to delete conversation', async (actor, { params }) => {
      const { id } = await findConversation(deps, actor, params.id);
      await engine.inbox.deleteConversation(actor, id);
      return done('Conversation deleted successfully');
    }),
    endpoint('POST', `${one}/archive`, 'Failed to archive conversation', async (actor, { params, body }) => {
      const fields = new Fields(body);
      const archived = fields.flag('is_archived', 'is_archived must be true or false') ?? true;
      fields.assertValid();
      const { id } = await findConversation(deps, actor, params.id);
      await engine.inbox.updateSettings(actor, id, { archived });
      return done(`Conversation ${archived ? 'archived' : 'unarchived'} successfully`);
    }),
    ...(['PUT', 'POST'] as const).map((method) =>
      endpoint(method, `${one}/mute`, 'Failed to mute conversation', async (actor, { params, body }) => {
        const fields = new Fields(body);
        const muted = fields.flag('is_muted', 'is_muted must be true or false');
        if (muted === undefined) fields.problem('is_muted', 'is_muted is required');
        fields.assertValid();
        const { id } = await findConversation(deps, actor, params.id);
        await engine.inbox.updateSettings(actor, id, { mutedUntil: muted ? forever : null });
        return done(`Conversation ${muted ? 'muted' : 'unmuted'} successfully`);
      }),
    ),
  ];
}
