import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatappClient, type ChatappSocket } from '../../harness/chatapp.ts';
import { connect, type Device, rest, signIn, type TestPerson } from '../../harness/people.ts';
import { picture } from '../../harness/picture-bytes.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Wire = any;

/**
 * Mia has signed in through chatapp, Nat on the native door. What one of them does, both see: each over their own REST and
 * their own socket.
 */
let app: TestApp;
let mia: ChatappClient;
let nat: TestPerson;
/** Of nobody's door in particular: a third member of groups. */
let guest: TestPerson;
let miaSocket: ChatappSocket;
let natDevice: Device;
let chatId: string;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000' });
  mia = await new ChatappClient(app).signIn('+1', '2015550101', 'Mia');
  nat = await signIn(app, { name: 'Nat' });
  guest = await signIn(app, { name: 'Gus' });
  [miaSocket, natDevice] = [await mia.connect(), await connect(app, nat.token)];
  chatId = (await mia.post('/chats/private', { userId: nat.id })).body.data._id;
});

afterAll(async () => {
  mia.close();
  natDevice.close();
  await app.close();
});

const native = async (method: string, path: string, body?: unknown): Promise<Wire> => {
  const answer = await rest(app, method, path, { token: nat.token, body });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

const mias = async (id = chatId): Promise<Wire[]> =>
  (await mia.get(`/chats/${id}/messages?limit=100&order=asc`)).body.data;

/** Without what the system says, what is deleted and what is hidden, which Mia's door does not show at all. */
const nats = async (id = chatId): Promise<Wire[]> =>
  (await native('GET', `/conversations/${id}/messages?limit=100`)).items.filter(
    ({ kind, deletedAt, hidden }: Wire) => kind !== 'system' && !deletedAt && !hidden,
  );

const miasChat = async (id = chatId): Promise<Wire> => (await mia.get(`/chats/${id}`)).body.data.chat;
const natsChat = (id = chatId): Promise<Wire> => native('GET', `/conversations/${id}`);

/** What a message is, whichever door shows it. */
const fromMias = (message: Wire) => ({
  id: message._id,
  from: message.sender._id,
  kind: message.content.type,
  text: message.content.text,
  at: message.createdAt,
  place: message.location && [message.location.latitude, message.location.longitude, message.location.name],
  files: message.media.map(({ mimeType, size }: Wire) => ({ mimeType, size })),
  answers: message.replyTo?.messageId ?? null,
  passedOn: message.forwardedFrom !== null,
  names: message.mentions.map(({ userId }: Wire) => userId),
  reactions: message.reactions.map(({ userId, emoji, reactedAt }: Wire) => [userId, emoji, reactedAt]),
  edited: message.editedAt,
  vanishes: message.expiresAt,
});

const fromNats = (message: Wire) => ({
  id: message.id,
  from: message.senderId,
  kind: message.kind,
  text: message.text,
  at: message.createdAt,
  place:
    message.content?.latitude === undefined
      ? null
      : [message.content.latitude, message.content.longitude, message.content.name ?? null],
  files: (message.content?.media ?? []).map(({ mimeType, size }: Wire) => ({ mimeType, size })),
  answers: message.replyTo?.messageId ?? null,
  passedOn: message.forwardCount !== undefined,
  names: (message.mentions ?? []).map(({ personId }: Wire) => personId),
  reactions: (message.reactions ?? []).map(({ personId, emoji, at }: Wire) => [personId, emoji, at]),
  edited: message.editedAt ?? null,
  vanishes: message.expiresAt ?? null,
});

/** Both see the same history. */
async function expectSame(id = chatId): Promise<void> {
  expect((await mias(id)).map(fromMias)).toEqual((await nats(id)).map(fromNats));
}

/** Mia sends, and both get it: the same one. */
async function miaSays(message: object, id = chatId): Promise<Wire> {
  miaSocket.emit('send_message', { chatId: id, replyTo: null, mentions: null, ...message });
  const { message: own } = await miaSocket.next('message_sent');
  const told = await natDevice.next('message.created', (data) => data.message.id === own._id);
  expect(fromNats(told.message)).toEqual(fromMias(own));
  return own;
}

const say = (text: string, id?: string): Promise<Wire> => miaSays({ content: { type: 'text', text } }, id);

/** Nat sends, and both get it: the same one. */
async function natSays(message: object, id = chatId): Promise<Wire> {
  const { message: own } = await native('POST', `/conversations/${id}/messages`, message);
  const told = await miaSocket.next('new_message', (data) => data.message._id === own.id);
  expect(fromMias(told.message)).toEqual(fromNats(own));
  return own;
}

describe('what is said', () => {
  it('is in the lists of both, under the name of the other', async () => {
    const joined = await natDevice.next('conversation.joined', ({ conversation }) => conversation.id === chatId);
    expect(joined.conversation.members.map(({ person }: Wire) => person.name).sort()).toEqual(['Mia', 'Nat']);
    const { chat } = await miaSocket.next('chat_created', (data) => data.chat._id === chatId);
    expect(chat.participants.map(({ userId }: Wire) => userId.displayName).sort()).toEqual(['Mia', 'Nat']);
    const shown = await miasChat();
    expect(shown.participants.map(({ userId }: Wire) => [userId._id, userId.displayName]).sort()).toEqual(
      (await natsChat()).members.map(({ person }: Wire) => [person.id, person.name]).sort(),
    );
  });

  it('is text, and an answer to it', async () => {
    const asked = await say('Shall we?');
    const answered = await natSays({ text: 'We shall', replyTo: asked._id });
    expect((await mias()).at(-1).replyTo).toEqual({
      messageId: asked._id,
      content: 'Shall we?',
      type: 'text',
      sender: { _id: mia.id, id: mia.id, displayName: 'Mia' },
    });
    await miaSays({ content: { type: 'text', text: 'When?' }, replyTo: answered.id });
    await miaSays({
      content: { type: 'text', text: '@Nat?' },
      mentions: [{ userId: nat.id, startIndex: 0, length: 4 }],
    });
    await expectSame();
  });

  it('is a picture with its caption, whoever has brought it', async () => {
    const bytes = await picture().jpeg().toBuffer();
    const { url } = (await mia.upload('/upload/media', { name: 'sun.jpg', bytes })).body.data;
    const sent = await miaSays({ content: { type: 'image', text: 'sunset', url } });
    const [item] = (await nats()).at(-1).content.media;
    const files = [{ mediaId: item.mediaId, conversationId: chatId }];
    const [link] = (await native('POST', '/media/links', { files })).links;
    const read = await fetch(new URL(link.url, app.url));
    expect([read.status, (await read.arrayBuffer()).byteLength]).toEqual([200, sent.media[0].size]);

    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(bytes)]), 'moon.jpg');
    const brought = await fetch(`${app.url}/v1/media?purpose=message`, {
      method: 'POST',
      headers: { authorization: `Bearer ${nat.token}` },
      body: form,
    });
    const { id: mediaId } = (await brought.json()) as { id: string };
    await natSays({ kind: 'image', text: 'moonrise', content: { media: [{ mediaId }] } });
    const shown = (await mias()).at(-1);
    expect(shown).toMatchObject({ content: { type: 'image', text: 'moonrise' }, media: [{ filename: 'moon.jpg' }] });
    expect(shown.content.url).toBe(shown.media[0].url);
    const loaded = await fetch(shown.media[0].url);
    expect([loaded.status, loaded.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    await expectSame();
  });

  it('is a place', async () => {
    await miaSays({ content: { type: 'location', latitude: 52.5, longitude: 13.4, name: 'Here' } });
    await natSays({ kind: 'location', content: { latitude: -1.5, longitude: 36.8, name: 'There' } });
    await expectSame();
  });

  it('is passed on', async () => {
    const [first] = await mias();
    miaSocket.emit('forward_message', { messageId: first._id, targetChatIds: [chatId] });
    expect(await miaSocket.next('messages_forwarded')).toMatchObject({ forwardedCount: 1 });
    const { message: copy } = await natDevice.next('message.created', ({ message }) => message.forwardCount === 1);
    expect(copy).toMatchObject({ senderId: mia.id, text: 'Shall we?' });
    await native('POST', `/conversations/${chatId}/messages/forwards`, { messageIds: [copy.id], to: [chatId] });
    const told = await miaSocket.next(
      'new_message',
      ({ message }) => message.sender._id === nat.id && message.forwardedFrom,
    );
    expect(told.message.forwardedFrom).toMatchObject({ originalSender: mia.id });
    await expectSame();
  });
});

describe('ticks', () => {
  const miasTicks = async (id: string): Promise<Wire> => (await mia.get(`/messages/${id}`)).body.data.message;
  const natsMember = async (personId: string): Promise<Wire> =>
    (await natsChat()).members.find(({ person }: Wire) => person.id === personId);

  it('go from the native door to chatapp', async () => {
    const sent = await say('One');
    const { seq } = (await nats()).at(-1);
    await native('PUT', `/conversations/${chatId}/receipt`, { delivered: seq });
    expect(await miaSocket.next('message_status_update')).toMatchObject({
      messageId: sent._id,
      chatId,
      status: 'delivered',
      userId: nat.id,
    });
    expect(await miasTicks(sent._id)).toMatchObject({
      status: 'delivered',
      deliveredTo: [{ userId: nat.id }],
      readBy: [],
      isRead: false,
    });
    const unread = (await nats()).filter(({ senderId }) => senderId === mia.id).length;
    expect((await natsChat()).unread).toBe(unread);
    await native('PUT', `/conversations/${chatId}/receipt`, { read: seq });
    expect(await miaSocket.next('message_status_update')).toMatchObject({ messageId: sent._id, status: 'read' });
    expect(await miasTicks(sent._id)).toMatchObject({ status: 'read', readBy: [{ userId: nat.id }], isRead: true });
    expect(await natsChat()).toMatchObject({ unread: 0 });
  });

  it('go from chatapp to the native door, and reading ends what is unread', async () => {
    const one = await natSays({ text: 'Two' });
    const two = await natSays({ text: 'Three' });
    miaSocket.emit('message_delivered', { messageId: two.id });
    await natDevice.next('receipt.updated', ({ personId, delivered }) => personId === mia.id && delivered === two.seq);
    expect(await natsMember(mia.id)).toMatchObject({ delivered: two.seq });
    expect((await miasChat()).unreadCount).toBeGreaterThan(1);
    miaSocket.emit('message_read', { messageId: one.id });
    const read = await natDevice.next('receipt.updated', ({ personId }) => personId === mia.id);
    expect(read).toMatchObject({ read: one.seq, delivered: two.seq });
    expect((await miasChat()).unreadCount).toBe(1);
    miaSocket.emit('message_read', { messageId: two.id, chatId });
    expect(await miaSocket.next('unread_count_reset')).toMatchObject({ chatId });
    expect(await natsMember(mia.id)).toMatchObject({ read: two.seq });
    expect((await miasChat()).unreadCounts).toMatchObject([{ count: 0, lastReadMessageId: two.id }]);
  });

  it('stop where one of the two does not tell, whichever door they said so at', async () => {
    await mia.put('/users/privacy', { readReceipts: false });
    const quiet = await natSays({ text: 'Do you read?' });
    const before = (await natsMember(mia.id)).read;
    miaSocket.emit('message_read', { messageId: quiet.id, chatId });
    await miaSocket.next('unread_count_reset');
    const told = await natDevice.next('receipt.updated', ({ delivered }) => delivered === quiet.seq);
    expect(told).toMatchObject({ personId: mia.id, read: before });
    expect(await natsMember(mia.id)).toMatchObject({ read: before, delivered: quiet.seq });
    expect((await miasChat()).unreadCount).toBe(0);
    await mia.put('/users/privacy', { readReceipts: true });

    await native('PATCH', '/me/privacy', { readReceipts: false });
    const sent = await say('And you?');
    await native('PUT', `/conversations/${chatId}/receipt`, { read: Number.MAX_SAFE_INTEGER });
    const update = await miaSocket.next('message_status_update', ({ messageId }) => messageId === sent._id);
    expect(update).toMatchObject({ status: 'delivered', userId: nat.id });
    expect(await miasTicks(sent._id)).toMatchObject({ status: 'delivered', readBy: [] });
    await native('PATCH', '/me/privacy', { readReceipts: true });
    expect(miaSocket.all('message_status_update').filter(({ messageId }) => messageId === sent._id)).toHaveLength(1);
  });

  it('are told of a message that the client was shown, where the system has spoken since', async () => {
    const sent = await say('Soon gone');
    await native('PUT', `/conversations/${chatId}/disappearing`, { seconds: 86_400 });
    await miaSocket.next('chat_updated', ({ changes }) => changes.disappearingMessages?.enabled);
    await native('PUT', `/conversations/${chatId}/receipt`, { read: Number.MAX_SAFE_INTEGER });
    const update = await miaSocket.next('message_status_update', ({ messageId }) => messageId === sent._id);
    expect(update).toMatchObject({ status: 'read', userId: nat.id });
    expect((await natsChat()).disappearingSeconds).toBe(86_400);
    await mia.put(`/chats/${chatId}/settings`, { disappearingMessages: { enabled: false } });
    await natDevice.next('conversation.updated', ({ conversation }) => conversation.disappearingSeconds === null);
    await expectSame();
  });
});

describe('what becomes of it', () => {
  it('is edited', async () => {
    const own = await say('Helo');
    miaSocket.emit('edit_message', { messageId: own._id, newContent: 'Hello' });
    await natDevice.next('message.updated', ({ message }) => message.id === own._id && message.text === 'Hello');
    const theirs = await natSays({ text: 'Hulo' });
    await native('PATCH', `/conversations/${chatId}/messages/${theirs.id}`, { text: 'Hullo' });
    expect(await miaSocket.next('message_edited', ({ messageId }) => messageId === theirs.id)).toMatchObject({
      chatId,
      newContent: 'Hullo',
    });
    expect((await mias()).slice(-2).map(({ content, isEdited }) => [content.text, isEdited])).toEqual([
      ['Hello', true],
      ['Hullo', true],
    ]);
    await expectSame();
  });

  it('is reacted to: one reaction of each, replaced and taken back', async () => {
    const { id } = await natSays({ text: 'React!' });
    const at = `/conversations/${chatId}/messages/${id}/reaction`;
    for (const emoji of ['👍', '❤️']) {
      miaSocket.emit('add_reaction', { messageId: id, emoji });
      await natDevice.next('reaction.changed', (data) => data.personId === mia.id && data.emoji === emoji);
    }
    for (const emoji of ['😂', '🎉']) {
      await native('PUT', at, { emoji });
      expect(await miaSocket.next('message_reaction', ({ userId }) => userId === nat.id)).toMatchObject({
        action: 'add',
        emoji,
      });
    }
    expect((await mias()).at(-1).reactions).toMatchObject([
      { userId: mia.id, emoji: '❤️' },
      { userId: nat.id, emoji: '🎉' },
    ]);
    await expectSame();
    await native('DELETE', at);
    expect(await miaSocket.next('message_reaction', ({ userId }) => userId === nat.id)).toMatchObject({
      action: 'remove',
      emoji: '🎉',
    });
    miaSocket.emit('remove_reaction', { messageId: id });
    await natDevice.next('reaction.changed', (data) => data.personId === mia.id && data.emoji === null);
    expect((await mias()).at(-1).reactions).toEqual([]);
    await expectSame();
  });

  it('is deleted by one for themself', async () => {
    const own = await say('Only for you');
    miaSocket.emit('delete_message', { messageId: own._id, deleteForEveryone: false });
    await miaSocket.next('message_deleted', ({ messageId }) => messageId === own._id);
    expect((await mias()).some(({ _id }) => _id === own._id)).toBe(false);
    expect((await nats()).at(-1).id).toBe(own._id);
    await native('POST', `/conversations/${chatId}/messages/hidden`, { messageIds: [own._id] });

    const theirs = await natSays({ text: 'Only for me' });
    await native('POST', `/conversations/${chatId}/messages/hidden`, { messageIds: [theirs.id] });
    expect((await mias()).at(-1)._id).toBe(theirs.id);
    expect((await nats()).some(({ id }) => id === theirs.id)).toBe(false);
    miaSocket.emit('delete_message', { messageId: theirs.id, deleteForEveryone: false });
    await miaSocket.next('message_deleted', ({ messageId }) => messageId === theirs.id);
    await expectSame();
  });

  it('is deleted for everyone', async () => {
    const own = await say('Never mind');
    miaSocket.emit('delete_message', { messageId: own._id, deleteForEveryone: true });
    await natDevice.next('message.updated', ({ message }) => message.id === own._id && message.deletedAt);
    const theirs = await natSays({ text: 'Nor me' });
    const { unreadCount } = await miasChat();
    await native('DELETE', `/conversations/${chatId}/messages/${theirs.id}`);
    expect(await miaSocket.next('message_deleted', ({ messageId }) => messageId === theirs.id)).toMatchObject({
      deletedBy: nat.id,
      deleteForEveryone: true,
    });
    expect((await miasChat()).unreadCount).toBe(unreadCount - 1);
    expect((await miasChat()).lastMessage.messageId).toBe((await mias()).at(-1)._id);
    await expectSame();
  });
});

describe('who is there', () => {
  it('types, and has stopped', async () => {
    miaSocket.emit('typing_start', { chatId });
    expect(await natDevice.next('typing.changed')).toEqual({ conversationId: chatId, personId: mia.id, typing: true });
    miaSocket.emit('typing_stop', { chatId });
    expect(await natDevice.next('typing.changed')).toMatchObject({ typing: false });
    await native('PUT', `/conversations/${chatId}/typing`, { typing: true });
    expect(await miaSocket.next('user_typing')).toMatchObject({ userId: nat.id, chatId, isTyping: true });
    await native('PUT', `/conversations/${chatId}/typing`, { typing: false });
    expect(await miaSocket.next('user_typing')).toMatchObject({ isTyping: false });
  });

  it('has stopped typing where a client of the native door does not say so: with the message, or after a while', async () => {
    await native('PUT', `/conversations/${chatId}/typing`, { typing: true });
    expect(await miaSocket.next('user_typing')).toMatchObject({ userId: nat.id, isTyping: true });
    await natSays({ text: 'Typed' });
    expect(await miaSocket.next('user_typing')).toMatchObject({ userId: nat.id, isTyping: false });
    await native('PUT', `/conversations/${chatId}/typing`, { typing: true });
    expect(await miaSocket.next('user_typing')).toMatchObject({ userId: nat.id, isTyping: true });
    app.clock.advance(11_000);
    expect(await miaSocket.next('user_typing')).toMatchObject({ userId: nat.id, isTyping: false });
  });

  it('comes, goes, and is busy', async () => {
    await natDevice.command('presence.watch', { people: mia.id });
    natDevice.close();
    expect(await miaSocket.next('user_offline', ({ userId }) => userId === nat.id)).toHaveProperty('lastSeen');
    natDevice = await connect(app, nat.token);
    await natDevice.command('presence.watch', { people: mia.id });
    await miaSocket.next('user_online', ({ userId }) => userId === nat.id);
    await native('PATCH', '/me/status', { availability: 'busy' });
    expect(await miaSocket.next('user_status_update', ({ status }) => status === 'busy')).toMatchObject({
      userId: nat.id,
      isOnline: true,
    });
    miaSocket.emit('update_status', { status: 'away' });
    await natDevice.next('presence.changed', (one) => one.personId === mia.id && one.availability === 'away');
    expect((await miasChat()).participants.find(({ userId }: Wire) => userId._id === nat.id).userId.status).toBe(
      'busy',
    );
  });

  it('is busy still when they come back', async () => {
    natDevice.close();
    await miaSocket.next('user_offline', ({ userId }) => userId === nat.id);
    natDevice = await connect(app, nat.token);
    await natDevice.command('presence.watch', { people: mia.id });
    await miaSocket.next('user_online', ({ userId }) => userId === nat.id);
    expect(await miaSocket.next('user_status_update', ({ userId }) => userId === nat.id)).toMatchObject({
      status: 'busy',
      isOnline: true,
    });
    await native('PATCH', '/me/status', { availability: 'online' });
  });

  it('has another name and photo', async () => {
    await native('PATCH', '/me', { name: 'Nathan', photoUrl: 'https://example.com/nat.jpg' });
    const renamed = await miaSocket.next('profile_updated', ({ displayName }) => displayName === 'Nathan');
    expect(renamed).toMatchObject({ userId: nat.id, profilePicture: { url: 'https://example.com/nat.jpg' } });
    const bytes = await picture().jpeg().toBuffer();
    const { url } = (await mia.upload('/users/upload-avatar', { name: 'me.jpg', bytes })).body.data;
    expect((await fetch(url)).status).toBe(200);
    const photoOfMia = (data: Wire) => data.person.id === mia.id && data.person.photoUrl !== null;
    const { person } = await natDevice.next('person.updated', photoOfMia);
    const photo = await fetch(new URL(person.photoUrl, app.url), { headers: { authorization: `Bearer ${nat.token}` } });
    expect(photo.status).toBe(200);
    await mia.put('/users/profile', { displayName: 'Mia Sol' });
    await natDevice.next('person.updated', (data) => data.person.name === 'Mia Sol');
    expect((await natsChat()).members.map((one: Wire) => one.person.name).sort()).toEqual(['Mia Sol', 'Nathan']);
    const shown = (await miasChat()).participants.map(({ userId }: Wire) => userId.displayName);
    expect(shown.sort()).toEqual(['Mia Sol', 'Nathan']);
  });
});

describe('a group', () => {
  /** Who is in it and as what, and what it is. */
  const miasGroup = async (id: string) => {
    const { chatName, participantCount, participants, groupInfo, myRole, settings } = await miasChat(id);
    return {
      title: chatName,
      description: groupInfo.description,
      rules: groupInfo.settings,
      vanishing: settings.disappearingMessages.enabled ? settings.disappearingMessages.duration : null,
      count: participantCount,
      roles: participants.map(({ userId, role }: Wire) => [userId._id, userId.displayName, role]),
      mine: myRole,
    };
  };
  const natsGroup = async (id: string) => {
    const { title, description, settings, disappearingSeconds, memberCount, members } = await natsChat(id);
    return {
      title,
      description,
      rules: {
        whoCanAddMembers: settings.whoCanAdd,
        whoCanEditGroupInfo: settings.whoCanEdit,
        whoCanSendMessages: settings.whoCanSend,
        approveNewMembers: settings.joinApproval,
      },
      vanishing: disappearingSeconds,
      count: memberCount,
      roles: members.map(({ person, role }: Wire) => [person.id, person.name, role]),
      mine: members.find(({ person }: Wire) => person.id === mia.id).role,
    };
  };
  const expectSameGroup = async (id: string): Promise<void> => expect(await miasGroup(id)).toEqual(await natsGroup(id));

  it('is made natively, and chatapp sees who comes, what they are, what is allowed, and who goes', async () => {
    const { conversation } = await native('POST', '/groups', { title: 'Climbers', people: [mia.id] });
    const { id } = conversation;
    const { chat } = await miaSocket.next('chat_created', (data) => data.chat._id === id);
    expect(chat).toMatchObject({ type: 'group', chatName: 'Climbers', myRole: 'member', participantCount: 2 });
    await expectSameGroup(id);

    await native('POST', `/conversations/${id}/members`, { people: [guest.id] });
    expect(await miaSocket.next('group_participants_added', ({ chatId }) => chatId === id)).toMatchObject({
      userIds: [guest.id],
      addedBy: nat.id,
    });
    await native('PUT', `/conversations/${id}/members/${mia.id}/role`, { role: 'admin' });
    expect(await miaSocket.next('group_role_updated', ({ chatId }) => chatId === id)).toMatchObject({
      userId: mia.id,
      role: 'admin',
    });
    await native('PATCH', `/groups/${id}`, { title: 'Divers', settings: { whoCanSend: 'admins' } });
    expect((await miaSocket.next('chat_updated', ({ chatId }) => chatId === id)).changes).toMatchObject({
      name: 'Divers',
      settings: { whoCanSendMessages: 'admins' },
    });
    await expectSameGroup(id);

    const said = await say('Hello, group', id);
    await natSays({ text: 'Hello', replyTo: said._id }, id);
    await expectSame(id);
    await native('DELETE', `/conversations/${id}/members/${guest.id}`);
    expect(await miaSocket.next('group_participant_removed', ({ chatId }) => chatId === id)).toMatchObject({
      userId: guest.id,
      removedBy: nat.id,
      left: false,
    });
    await expectSameGroup(id);
    await native('POST', `/conversations/${id}/leave`);
    expect(await miaSocket.next('group_participant_removed', ({ userId }) => userId === nat.id)).toMatchObject({
      left: true,
    });
    expect(await miaSocket.next('group_role_updated', ({ role }) => role === 'owner')).toMatchObject({
      userId: mia.id,
    });
    expect(await miasGroup(id)).toMatchObject({ count: 1, mine: 'owner' });
  });

  it('is made through chatapp, and the native door sees it all', async () => {
    const made = await mia.post('/chats/group', { name: 'Runners', participants: [nat.id], description: 'Slowly' });
    const id = made.body.data._id;
    const { conversation } = await natDevice.next('conversation.joined', (data) => data.conversation.id === id);
    expect(conversation).toMatchObject({ title: 'Runners', description: 'Slowly', memberCount: 2 });
    await expectSameGroup(id);

    await mia.post(`/groups/${id}/participants`, { userIds: [guest.id] });
    const joined = await natDevice.next('members.joined', ({ conversationId }) => conversationId === id);
    expect(joined).toMatchObject({ members: [{ person: { id: guest.id } }], memberCount: 3 });
    await mia.put(`/groups/${id}/participants/${nat.id}/role`, { role: 'admin' });
    const promoted = await natDevice.next('members.updated', ({ conversationId }) => conversationId === id);
    expect(promoted.roles).toEqual([{ personId: nat.id, role: 'admin' }]);
    await mia.put(`/groups/${id}`, { name: 'Joggers' });
    await natDevice.next('conversation.updated', ({ conversation }) => conversation.title === 'Joggers');
    await mia.put(`/chats/${id}/settings`, {
      groupSettings: { whoCanAddMembers: 'all', approveNewMembers: true },
      disappearingMessages: { enabled: true, duration: 86_400 },
    });
    await natDevice.next('conversation.updated', ({ conversation }) => conversation.settings.joinApproval);
    await expectSameGroup(id);

    const { inviteLink } = (await mia.post(`/groups/${id}/invite`)).body.data;
    expect(await native('GET', `/conversations/${id}/invite`)).toMatchObject({
      invite: { code: inviteLink.split('/').at(-1) },
    });
    await say('Vanishing', id);
    await natSays({ text: 'Too' }, id);
    await expectSame(id);
    await mia.post(`/groups/${id}/transfer`, { userId: nat.id });
    await natDevice.next('members.updated', ({ roles }) => roles.some((one: Wire) => one.role === 'owner'));
    await expectSameGroup(id);
    await mia.delete(`/groups/${id}/participants/${guest.id}`);
    const removed = await natDevice.next('member.left', ({ conversationId }) => conversationId === id);
    expect(removed).toMatchObject({ personId: guest.id, by: mia.id });
    await mia.post(`/groups/${id}/leave`);
    const left = await natDevice.next('member.left', ({ personId }) => personId === mia.id);
    expect(left).toMatchObject({ conversationId: id, by: mia.id, memberCount: 1 });
    expect((await mia.get(`/chats/${id}`)).status).toBe(403);
    await native('DELETE', `/groups/${id}`);
  });
});
