import type { ConversationKind } from '../../../engine/conversations/index.ts';
import type { OwnSettings } from '../../../engine/inbox/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call, Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, worded } from '../errors.ts';
import { forever, presentMySettings } from '../present/chat.ts';
import { Chats } from '../read-chats.ts';
import { readChatSettings, readMuted, saysAnything } from '../wire/chat-settings.ts';
import { listBody } from '../wire/list-envelope.ts';
import { chatData, done, GroupActions, inGroup } from './group-actions.ts';

const kinds: Readonly<Record<string, ConversationKind>> = { private: 'direct', group: 'group' };

/** The caller's chats: the list, starting them, and what the caller does with them for themself. */
export function chatRoutes(deps: ChatappDeps): Route[] {
  const { engine, clock, options, places } = deps;
  const chats = new Chats(deps);
  const groupActions = new GroupActions(deps, chats);

  const list = async (actor: Actor, call: Call): Promise<Answer> => {
    const fields = new Fields(call.query, 'query');
    const archived = fields.flag('archived', 'archived must be true or false');
    const type = fields.choice('type', ['private', 'group'], 'type must be private or group');
    fields.assertValid();
    const paged = fields.value('page') !== undefined;
    const page = fields.clamped('page', { min: 1, max: 1_000_000, default: 1 });
    const limit = fields.clamped('limit', { min: 1, max: 50, default: 20 });
    const { chats: found, total } = await chats.list(actor, call, {
      archived,
      kind: type && kinds[type],
      ...(paged && { offset: (page - 1) * limit, limit }),
    });
    const totalPages = paged ? Math.max(1, Math.ceil(total / limit)) : 1;
    const pagination = {
      currentPage: page,
      totalPages,
      totalChats: total,
      hasNext: page < totalPages,
      hasPrev: page > 1,
    };
    return { body: listBody(options, call, 'chats', found, pagination) };
  };

  const startPrivate = async (actor: Actor, call: Call, personId: string): Promise<Answer> => {
    const words = {
      recipient_unavailable: [403, 'Cannot start chat with this user'],
      person_not_found: [404, 'User not found'],
    } as const;
    const { conversationId } = await worded(words, () => engine.conversations.startDirect(actor, personId));
    return { body: { success: true, data: chatData(await chats.one(actor, call, conversationId)) } };
  };

  const changeOwn = async (actor: Actor, { params }: Call, own: OwnSettings) => {
    const pinned = [400, 'Too many chats are pinned'] as const;
    const { me } = await worded({ limit_reached: pinned }, () =>
      engine.inbox.updateSettings(actor, params.id ?? '', own),
    );
    return presentMySettings(me, clock.now());
  };

  const changeForAll = async (actor: Actor, { params, body }: Call): Promise<OwnSettings> => {
    const chatId = params.id ?? '';
    const { own, group, disappearingSeconds } = readChatSettings(body, clock.now());
    const words = { not_permitted: [403, 'Only admins can change chat settings'] } as const;
    if (saysAnything(group)) {
      await inGroup(words, () => engine.groups.update(actor, chatId, { settings: group, disappearingSeconds }));
    } else if (disappearingSeconds !== undefined) {
      // Elsewhere whoever may edit a group may set it; here it is for admins, as its clients expect.
      const { kind, me } = await engine.inbox.getShown(actor, chatId);
      if (kind === 'group' && me.role === 'member') throw new Refusal(...words.not_permitted);
      await worded(words, () => engine.groups.setDisappearing(actor, chatId, disappearingSeconds));
    }
    return own;
  };

  return [
    { method: 'GET', path: '/api/chats', access: 'session', handle: list },
    {
      method: 'POST',
      path: '/api/chats/private',
      access: 'session',
      async handle(actor, call) {
        const fields = new Fields(call.body);
        const names = ['userId', 'participantId', 'otherUserId', 'recipientId'];
        const personId = fields.requiredText(names, { message: 'User ID is required' });
        fields.assertValid();
        return startPrivate(actor, call, personId);
      },
    },
    {
      method: 'POST',
      path: ['/api/chats/group', '/api/groups'],
      access: 'session',
      handle: (actor, call) => groupActions.create(actor, call),
    },
    {
      method: 'POST',
      path: '/api/chats',
      access: 'session',
      async handle(actor, call) {
        const fields = new Fields(call.body);
        const type = fields.choice('type', ['private', 'group'], 'Chat type must be private or group') ?? 'private';
        fields.assertValid();
        if (type === 'group') return groupActions.create(actor, call);
        const others = fields.texts(['participants', 'participantIds'])?.filter((id) => id !== actor.personId) ?? [];
        const personId = fields.text(['userId', 'participantId', 'otherUserId', 'recipientId'], {
          message: 'User ID is required',
        });
        const wanted = personId ?? others[0];
        if (wanted === undefined || others.length > 1) {
          fields.problem('participants', 'A private chat has exactly one other participant');
        }
        fields.assertValid();
        return startPrivate(actor, call, wanted ?? '');
      },
    },
    {
      method: 'GET',
      path: '/api/chats/:id',
      access: 'session',
      async handle(actor, call) {
        return { body: { success: true, data: { chat: await chats.one(actor, call, call.params.id ?? '') } } };
      },
    },
    {
      method: 'PUT',
      path: ['/api/chats/:id/settings', '/api/groups/:id/settings'],
      access: 'session',
      async handle(actor, call) {
        // What may be refused goes first, so that nothing has changed where it is.
        const own = await changeForAll(actor, call);
        const settings = await changeOwn(actor, call, own);
        const chat = await chats.one(actor, call, call.params.id ?? '');
        return done('Chat settings updated successfully', { settings, chat });
      },
    },
    {
      method: 'POST',
      path: '/api/chats/:id/archive',
      access: 'session',
      async handle(actor, call) {
        const fields = new Fields(call.body);
        const archived = fields.flag(['archive', 'isArchived'], 'archive must be true or false') ?? true;
        fields.assertValid();
        const settings = await changeOwn(actor, call, { archived });
        return done(`Chat ${archived ? 'archived' : 'unarchived'} successfully`, { settings });
      },
    },
    {
      method: 'POST',
      path: '/api/chats/:id/mute',
      access: 'session',
      async handle(actor, call) {
        const fields = new Fields(call.body);
        const mutedUntil = readMuted(fields, ['mute', 'isMuted'], clock.now());
        fields.assertValid();
        const settings = await changeOwn(actor, call, { mutedUntil: mutedUntil === undefined ? forever : mutedUntil });
        return done(`Chat ${settings.isMuted ? 'muted' : 'unmuted'} successfully`, { settings });
      },
    },
    {
      method: 'POST',
      path: '/api/chats/:id/read',
      access: 'session',
      async handle(actor, { body, params }) {
        const conversationId = params.id ?? '';
        const fields = new Fields(body);
        const messageId = fields.text('messageId', { message: 'Message ID must be a string' });
        fields.assertValid();
        const place = messageId === undefined ? null : await places.of(messageId);
        if (place && place.conversationId !== conversationId) throw new Refusal(404, 'Message not found');
        const read = place?.seq ?? Number.MAX_SAFE_INTEGER;
        await engine.conversations.markReceipt(actor, { conversationId, read });
        engine.conversations.announceRead(actor, conversationId);
        return done('Messages marked as read');
      },
    },
    {
      method: 'DELETE',
      path: '/api/chats/:id',
      access: 'session',
      async handle(actor, { params }) {
        await engine.inbox.deleteConversation(actor, params.id ?? '');
        return done('Chat deleted successfully');
      },
    },
  ];
}
