import type { Role, Scene } from './scene.ts';

/** `ok`, or the code of the refusal. */
type Answers = Readonly<Record<Exclude<Role, 'suspended'>, string>>;

export interface Row {
  readonly input: (scene: Scene) => object | Promise<object>;
  readonly answers: Answers;
}

const unknown = 'conversation_not_found';
const all = (answer: string): Answers => ({
  stranger: answer,
  former: answer,
  member: answer,
  admin: answer,
  owner: answer,
  blocked: answer,
});
/** Who is in the conversation may; to others it does not exist. */
const members = (blocked = 'ok'): Answers => ({
  stranger: unknown,
  former: unknown,
  member: 'ok',
  admin: 'ok',
  owner: 'ok',
  blocked,
});
/** A group's admins and its owner may. */
const admins = (blocked: string): Answers => ({ ...members(blocked), member: 'not_permitted' });
const owner = (blocked: string): Answers => ({ ...admins(blocked), admin: 'not_permitted' });

const none = () => ({});
const here = ({ conversationId }: Scene) => ({ conversationId });
const theirs = ({ conversationId, messageId }: Scene) => ({ conversationId, messageId });
const mine = ({ conversationId, ownMessageId }: Scene) => ({ conversationId, messageId: ownMessageId });
const row = (answers: Answers, input: Row['input'] = none): Row => ({ input, answers });
const everyone = (input: Row['input'] = none): Row => row(all('ok'), input);
const operators = (input: Row['input'] = none): Row => row(all('forbidden'), input);
const nothing = '01900000-0000-7000-8000-000000000000';

const nobodysRequest = ({ conversationId, newcomer }: Scene) => ({ conversationId, personId: newcomer.id });

/** What each operation answers to whom. A suspended account gets `account_suspended` everywhere. */
export const rows: Readonly<Record<string, Row>> = {
  // accounts: each has its own
  'sessions.list': everyone(),
  'sessions.delete': row(all('session_not_found'), ({ peer }) => ({ sessionId: peer.sessionId })),
  'signIns.list': everyone(),
  'me.get': everyone(),
  'me.update': everyone(() => ({ about: 'Here' })),
  'me.setPassword': row(all('password_too_weak'), () => ({ next: '1' })),
  'me.addPhone': row(all('code_expired'), () => ({ phone: '+15550100042', code: '000000' })),
  'me.setStatus': everyone(() => ({ availability: 'away' })),
  'preferences.get': everyone(),
  'preferences.update': everyone(() => ({ client: { theme: 'light' } })),
  'devices.list': everyone(),
  'devices.register': everyone(() => ({ deviceId: 'one', platform: 'web' })),
  'devices.unregister': row(all('device_not_found'), foreignDevice),
  'notifications.list': everyone(),
  'notifications.groups': everyone(),
  'notifications.unread': everyone(),
  'notifications.markRead': row(all('notification_not_found'), foreignNotification),
  'notifications.markAllRead': everyone(),
  'notifications.remove': row(all('notification_not_found'), foreignNotification),
  'notifications.preferences': everyone(),
  'notifications.updatePreferences': everyone(() => ({ kinds: { mention: false } })),
  'privacy.get': everyone(),
  'privacy.update': everyone(() => ({ photo: 'everyone' })),

  // files: of others nobody learns that they are there
  'media.get': row(all('media_not_found'), () => ({ mediaId: nothing })),
  'media.delete': row(all('media_not_found'), () => ({ mediaId: nothing })),
  'media.copy': row(all('media_not_found'), () => ({ mediaId: nothing, purpose: 'avatar' })),
  'media.links': everyone(() => ({ files: [{ mediaId: nothing }] })),
  'media.beginDirect': row(all('not_supported'), () => ({ fileName: 'a.txt', size: 1 })),
  'media.finishDirect': row(all('media_not_found'), () => ({ mediaId: nothing })),

  // people
  'people.search': everyone(() => ({ q: 'Newcomer' })),
  'people.get': everyone(({ peer }) => ({ personId: peer.id })),
  'people.getMany': everyone(({ peer }) => ({ ids: peer.id })),
  'presence.watch': everyone(({ peer }) => ({ people: peer.id })),
  'contacts.add': everyone(({ newcomer }) => ({ personId: newcomer.id })),
  'contacts.list': everyone(),
  'contacts.match': everyone(({ newcomer }) => ({ phones: [newcomer.phone] })),
  'contacts.get': row(all('contact_not_found'), foreignContact),
  'contacts.update': row(all('contact_not_found'), async (scene) => ({
    ...(await foreignContact(scene)),
    name: 'Mine',
  })),
  'contacts.remove': row(all('contact_not_found'), foreignContact),
  'blocks.add': everyone(({ newcomer }) => ({ personId: newcomer.id })),
  'blocks.remove': everyone(({ newcomer }) => ({ personId: newcomer.id })),
  'blocks.list': everyone(),

  // conversations
  'conversations.startDirect': everyone(({ newcomer }) => ({ personId: newcomer.id })),
  'conversations.list': everyone(),
  'conversations.get': row(members(), here),
  'unread.get': everyone(),
  sync: everyone(({ conversationId }) => ({ known: [{ id: conversationId, seq: 0, rev: 0, mine: 0, version: 0 }] })),
  'receipts.mark': row(members(), (scene) => ({ ...here(scene), read: 1 })),
  'typing.set': row(members(), (scene) => ({ ...here(scene), typing: true })),
  'viewing.set': row(members(), (scene) => ({ ...here(scene), viewing: true })),

  // messages
  'messages.send': row(members('recipient_unavailable'), (scene) => ({ ...here(scene), text: 'Hi' })),
  'messages.list': row(members(), here),
  'messages.get': row(members(), theirs),
  'messages.search': row(members(), (scene) => ({ ...here(scene), q: 'Hi' })),

  'messages.edit': row(members('recipient_unavailable'), (scene) => ({ ...mine(scene), text: 'Hello' })),
  'messages.edits': row({ ...members('not_permitted'), member: 'not_permitted' }, theirs),
  'messages.delete': row({ ...members('not_permitted'), member: 'not_permitted' }, theirs),
  'messages.deleteMany': row(members(), ({ conversationId, ownMessageId }) => ({
    conversationId,
    messageIds: [ownMessageId],
  })),
  'messages.forward': row(members(), ({ conversationId, messageId, otherConversationId }) => ({
    conversationId,
    messageIds: [messageId],
    to: [otherConversationId],
  })),
  'messages.seenBy': row(members(), mine),
  'reactions.set': row(members('recipient_unavailable'), (scene) => ({ ...theirs(scene), emoji: '👍' })),
  'reactions.remove': row(members('recipient_unavailable'), theirs),
  'pins.add': row(admins('recipient_unavailable'), theirs),
  'pins.remove': row(admins('recipient_unavailable'), theirs),
  'pins.list': row(members(), here),

  // what only I see
  'conversations.updateMine': row(members(), (scene) => ({ ...here(scene), pinned: true })),
  'conversations.clear': row(members(), here),
  'conversations.delete': row(members(), here),
  'messages.hide': row(members(), ({ conversationId, messageId }) => ({ conversationId, messageIds: [messageId] })),
  'messages.star': row(members(), theirs),
  'messages.unstar': row(members(), theirs),
  'messages.listStarred': row(members(), here),

  // groups; for the blocked person the conversation is a direct one
  'groups.create': everyone(({ newcomer }) => ({ title: 'Mine', people: [newcomer.id] })),
  'groups.update': row(admins('not_permitted'), (scene) => ({ ...here(scene), title: 'New' })),
  'groups.close': row(owner('not_permitted'), here),
  'groups.leave': row(members('not_permitted'), here),
  'groups.transfer': row(owner('not_permitted'), ({ conversationId, peer }) => ({ conversationId, personId: peer.id })),
  'conversations.setDisappearing': row(admins('recipient_unavailable'), (scene) => ({
    ...here(scene),
    seconds: 86_400,
  })),
  'members.list': row(members(), here),
  'members.add': row(admins('not_permitted'), ({ conversationId, newcomer }) => ({
    conversationId,
    people: [newcomer.id],
  })),
  'members.remove': row(admins('not_permitted'), ({ conversationId, peer }) => ({ conversationId, personId: peer.id })),
  'members.setRole': row(owner('not_permitted'), ({ conversationId, peer }) => ({
    conversationId,
    personId: peer.id,
    role: 'admin',
  })),
  'invites.create': row(admins('not_permitted'), here),
  'invites.get': row(admins('not_permitted'), here),
  'invites.revoke': row(admins('not_permitted'), here),
  'invites.preview': everyone(({ inviteCode }) => ({ code: inviteCode })),
  'invites.join': everyone(({ inviteCode }) => ({ code: inviteCode })),
  'joins.withdraw': row(all('join_request_not_found'), ({ inviteCode }) => ({ code: inviteCode })),
  'joins.list': row(admins('not_permitted'), here),
  'joins.approve': row(
    { ...admins('not_permitted'), admin: 'join_request_not_found', owner: 'join_request_not_found' },
    nobodysRequest,
  ),
  'joins.deny': row(
    { ...admins('not_permitted'), admin: 'join_request_not_found', owner: 'join_request_not_found' },
    nobodysRequest,
  ),

  // later
  'scheduled.create': row(members('recipient_unavailable'), (scene) => ({
    ...here(scene),
    text: 'Later',
    sendAt: new Date(scene.clock.now() + 3_600_000).toISOString(),
  })),
  'scheduled.list': everyone(),
  'scheduled.update': row(all('scheduled_not_found'), async (scene) => ({
    ...(await foreignScheduled(scene)),
    text: 'No',
  })),
  'scheduled.cancel': row(all('scheduled_not_found'), foreignScheduled),
  'scheduled.send': row(all('scheduled_not_found'), foreignScheduled),
  'me.export': everyone(),

  // link previews, which are off in tests
  'links.preview': row(all('link_previews_off'), () => ({ url: 'https://example.com/' })),

  // reports, and what only operators may
  'reports.create': row(members(), (scene) => ({ ...theirs(scene), reason: 'spam' })),
  'admin.audit.list': operators(),
  'admin.people.get': operators(({ peer }) => ({ personId: peer.id })),
  'admin.people.restore': operators(({ peer }) => ({ personId: peer.id })),
  'admin.people.suspend': operators(({ peer }) => ({ personId: peer.id, reason: 'Revenge' })),
  'admin.reports.list': operators(),
  'admin.reports.get': operators(() => ({ reportId: nothing })),
  'admin.reports.resolve': operators(() => ({ reportId: nothing, outcome: 'dismissed' })),
};

/** A contact in the address book of somebody else. */
async function foreignContact({ as, peer, newcomer }: Scene): Promise<{ contactId: string }> {
  return { contactId: (await as(newcomer, 'POST', '/contacts', { personId: peer.id })).contact.id };
}

/** A device of somebody else. */
async function foreignDevice({ as, newcomer }: Scene): Promise<{ deviceId: string }> {
  await as(newcomer, 'PUT', '/devices/theirs', { platform: 'ios' });
  return { deviceId: 'theirs' };
}

/** Somebody else is notified of a message. */
async function foreignNotification({ as, peer, newcomer }: Scene): Promise<{ notificationId: string }> {
  await as(newcomer, 'PATCH', '/notifications/preferences', { enabled: true });
  const { conversation } = await as(peer, 'POST', '/conversations/direct', { personId: newcomer.id });
  const { message } = await as(peer, 'POST', `/conversations/${conversation.id}/messages`, { text: 'Hi' });
  return { notificationId: message.id };
}

/** A message that somebody else has scheduled. */
async function foreignScheduled({ as, newcomer, me, clock }: Scene): Promise<{ scheduledId: string }> {
  const { conversation } = await as(newcomer, 'POST', '/conversations/direct', { personId: me.id });
  const sendAt = new Date(clock.now() + 3_600_000).toISOString();
  const answer = await as(newcomer, 'POST', `/conversations/${conversation.id}/scheduled`, { text: 'Later', sendAt });
  return { scheduledId: answer.id };
}

/** Operations that end the caller's own session or account: only they can call them, and nothing else is touched. */
export const ownOnly: ReadonlySet<string> = new Set(['me.delete', 'sessions.deleteAll', 'sessions.deleteCurrent']);
