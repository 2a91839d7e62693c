import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { picture } from '../../harness/media.ts';
import { say } from '../../harness/messages.ts';
import { rest } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf, nobody } from './clients.ts';

let app: TestApp;
let ivo: ChatappClient;
let mira: ChatappClient;
let gil: ChatappClient;
let zoe: ChatappClient;
const sockets = new Map<ChatappClient, ChatappSocket>();

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000', PARLEY_GROUP_LIMIT: '6' });
  [ivo, mira] = [await clientOf(app, 'Ivo'), await clientOf(app, 'Mira')];
  [gil, zoe] = [await clientOf(app, 'Gil'), await clientOf(app, 'Zoe')];
  for (const client of [ivo, mira, gil, zoe]) sockets.set(client, await client.connect());
});

afterAll(async () => {
  for (const client of [ivo, mira, gil, zoe]) client.close();
  await app.close();
});

const socketOf = (client: ChatappClient): ChatappSocket => sockets.get(client) as ChatappSocket;
const of = (chatId: string) => (data: { chatId: string }) => data.chatId === chatId;

/** A group of Ivo, Mira and Gil, whose owner is Ivo. */
async function newGroup(more: object = {}): Promise<string> {
  const { status, body } = await ivo.post('/chats/group', {
    name: 'Climbers',
    participants: [mira.id, gil.id],
    ...more,
  });
  expect(status).toBe(201);
  return body.data._id;
}

const refusal = (status: number, message: string) => ({ status, body: { success: false, message } });

// biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
const rolesOf = (chat: any): Record<string, string> =>
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brings
  Object.fromEntries(chat.participants.map((one: any) => [one.userId.displayName, one.role]));

describe('making a group', () => {
  it('answers in both forms, and tells everybody in it', async () => {
    const { status, body } = await ivo.post('/chats/group', {
      name: ' Climbers ',
      participants: [mira.id, gil.id],
      description: 'Rocks',
      avatar: null,
    });
    expect([status, body.message]).toEqual([201, 'Group chat created successfully']);
    const { chat, notAdded, ...fields } = body.data;
    expect(fields).toEqual(chat);
    expect(notAdded).toEqual([]);
    expect(chat).toMatchObject({
      type: 'group',
      chatName: 'Climbers',
      participantCount: 3,
      myRole: 'owner',
      groupInfo: {
        name: 'Climbers',
        description: 'Rocks',
        avatar: { url: null },
        inviteLink: null,
        settings: {
          whoCanAddMembers: 'admins',
          whoCanEditGroupInfo: 'admins',
          whoCanSendMessages: 'all',
          approveNewMembers: false,
        },
      },
    });
    expect(rolesOf(chat)).toEqual({ Ivo: 'owner', Mira: 'member', Gil: 'member' });
    for (const client of [ivo, mira, gil]) {
      const created = await socketOf(client).next('chat_created', (data) => data.chat._id === chat._id);
      expect(created.chat).toMatchObject({
        chatName: 'Climbers',
        myRole: client === ivo ? 'owner' : 'member',
        unreadCount: 0,
        unreadCounts: [{ userId: client.id }],
        groupInfo: chat.groupInfo,
      });
      expect(rolesOf(created.chat)).toEqual(rolesOf(chat));
    }
    expect(socketOf(zoe).all('chat_created')).toEqual([]);
  });

  it('takes the other names and paths of older clients', async () => {
    const wanted = { groupName: 'Older', memberIds: null, members: [mira.id] };
    expect(await ivo.post('/groups', wanted)).toMatchObject({ status: 201, body: { data: { chatName: 'Older' } } });
    const typed = { type: 'group', name: 'Typed', participants: [mira.id] };
    expect(await ivo.post('/chats', typed)).toMatchObject({ status: 201, body: { data: { type: 'group' } } });
  });

  it('refuses what cannot be, and leaves out whom privacy keeps out', async () => {
    const make = (body: object) => ivo.post('/chats/group', body);
    expect(await make({ participants: [mira.id] })).toMatchObject(refusal(400, 'Group name is required'));
    expect(await make({ name: '', participants: [mira.id] })).toMatchObject(refusal(400, 'Group name is required'));
    for (const participants of [undefined, null, [], 'x', [ivo.id]]) {
      expect(await make({ name: 'G', participants })).toMatchObject(refusal(400, 'Participants array required'));
    }
    expect(await make({ name: 'x'.repeat(51), participants: [mira.id] })).toMatchObject({
      status: 400,
      body: { message: 'Validation failed', errors: [{ path: 'name' }] },
    });
    expect(await make({ name: 'G', participants: [mira.id], description: 'x'.repeat(201) })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'description' }] },
    });
    for (const id of [nobody, 'nonsense']) {
      expect(await make({ name: 'G', participants: [mira.id, id] })).toMatchObject(
        refusal(400, 'Some participants not found'),
      );
    }
    expect(await make({ name: 'G', participants: [mira.id], avatar: 'ftp://x' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'avatar' }] },
    });
    const shy = await clientOf(app, 'Shy');
    await rest(app, 'PATCH', '/me/privacy', { token: shy.token as string, body: { groups: 'nobody' } });
    const { body } = await make({ name: 'G', participants: [mira.id, shy.id] });
    expect(body.data.notAdded).toEqual([shy.id]);
    expect(body.data.participantCount).toBe(2);
    const crowd = await Promise.all(Array.from({ length: 6 }, (_, i) => clientOf(app, `Crowd ${i}`)));
    const full = await make({ name: 'G', participants: crowd.map(({ id }) => id) });
    expect(full).toMatchObject(refusal(400, 'Group is full'));
  });

  it('shows a picture that was uploaded for a message as its photo', async () => {
    const file = { name: 'rock.png', bytes: await picture() };
    const { url } = (await ivo.upload('/upload/media', file)).body.data;
    const chatId = await newGroup({ avatar: { url } });
    const chat = (await ivo.get(`/groups/${chatId}`)).body.data.group;
    const shown = chat.groupInfo.avatar.url;
    expect(shown).toMatch(/^http:\/\/127.0.0.1:\d+\/chatapp\/uploads\/profiles\/[\w-]+$/);
    const response = await fetch(shown);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const created = await socketOf(mira).next('chat_created', (data) => data.chat._id === chatId);
    expect(created.chat.groupInfo.avatar.url).toBe(shown);
    await ivo.put(`/groups/${chatId}`, { name: 'Same photo', avatar: { url: shown } });
    expect((await ivo.get(`/groups/${chatId}`)).body.data.group.groupInfo.avatar.url).toBe(shown);
    const borrowed = { name: 'G', participants: [gil.id], avatar: shown };
    expect(await ivo.post('/groups', borrowed)).toMatchObject({ status: 400, body: { errors: [{ path: 'avatar' }] } });
    expect(await mira.post('/groups', { name: 'G', participants: [gil.id], avatar: url })).toMatchObject({
      status: 404,
      body: { message: 'File not found' },
    });
    const elsewhere = 'https://pictures.example/rock.png';
    await ivo.put(`/groups/${chatId}`, { avatar: elsewhere });
    expect((await ivo.get(`/groups/${chatId}`)).body.data.group.groupInfo.avatar.url).toBe(elsewhere);
  });
});

describe('reading groups', () => {
  it('lists groups alone, and gives one by both paths to its members', async () => {
    const chatId = await newGroup();
    await ivo.post('/chats/private', { userId: mira.id });
    const { groups } = (await gil.get('/groups')).body.data;
    expect(groups.every(({ type }: { type: string }) => type === 'group')).toBe(true);
    expect(groups.some(({ _id }: { _id: string }) => _id === chatId)).toBe(true);
    const { body } = await gil.get(`/groups/${chatId}`);
    expect(body.data.group).toEqual(body.data.chat);
    expect((await gil.get(`/chats/${chatId}`)).body.data.chat).toEqual(body.data.chat);
    for (const id of [chatId, nobody, 'nonsense']) {
      expect(await zoe.get(`/groups/${id}`)).toMatchObject(refusal(403, 'Access denied'));
    }
  });

  it('does not take a private chat for a group', async () => {
    const chatId = (await ivo.post('/chats/private', { userId: mira.id })).body.data._id;
    expect(await ivo.get(`/groups/${chatId}`)).toMatchObject(refusal(404, 'Group not found'));
    const no = refusal(400, 'Cannot update private chat info');
    expect(await ivo.put(`/chats/${chatId}`, { name: 'x' })).toMatchObject(no);
    expect(await ivo.post(`/chats/${chatId}/participants`, { userIds: [gil.id] })).toMatchObject(no);
    expect(await ivo.delete(`/chats/${chatId}/participants/${mira.id}`)).toMatchObject(no);
    expect(await ivo.post(`/chats/${chatId}/leave`)).toMatchObject(no);
    expect(await ivo.post(`/chats/${chatId}/invite`)).toMatchObject(no);
    expect(await ivo.delete(`/groups/${chatId}`)).toMatchObject(no);
  });
});

describe('changing a group', () => {
  it('is for those whom it allows, and told to all', async () => {
    const chatId = await newGroup();
    const no = refusal(403, 'Only admins can edit group info');
    expect(await mira.put(`/groups/${chatId}`, { name: 'Mine' })).toMatchObject(no);
    const { body } = await ivo.put(`/chats/${chatId}`, { name: 'Walkers', description: 'Hills', avatar: null });
    expect(body).toMatchObject({
      message: 'Chat updated successfully',
      data: { chat: { chatName: 'Walkers', groupInfo: { name: 'Walkers', description: 'Hills' } } },
    });
    for (const client of [ivo, mira, gil]) {
      expect(await socketOf(client).next('chat_updated', of(chatId))).toEqual({
        chatId,
        changes: { name: 'Walkers', description: 'Hills' },
        chat: expect.objectContaining({ _id: chatId, chatName: 'Walkers', participantCount: 3 }),
        updatedBy: ivo.id,
        timestamp: expect.stringMatching(/Z$/),
      });
    }
    await ivo.put(`/chats/${chatId}/settings`, { groupSettings: { whoCanEditGroupInfo: 'all' } });
    expect((await mira.put(`/groups/${chatId}`, { name: 'Ours' })).status).toBe(200);
    expect(await mira.put(`/chats/${chatId}/settings`, { disappearingMessages: { enabled: true } })).toMatchObject(
      refusal(403, 'Only admins can change chat settings'),
    );
    expect(await zoe.put(`/groups/${chatId}`, { name: 'x' })).toMatchObject(refusal(403, 'Access denied'));
    expect(await ivo.put(`/groups/${chatId}`, { name: 'x'.repeat(51) })).toMatchObject({ status: 400 });
  });

  it('keeps the rules of a group for its admins', async () => {
    const chatId = await newGroup();
    const flat = { whoCanSendMessages: 'admins', approveNewMembers: true };
    const { body } = await ivo.put(`/groups/${chatId}/settings`, flat);
    expect(body.data.chat.groupInfo.settings).toEqual({
      whoCanAddMembers: 'admins',
      whoCanEditGroupInfo: 'admins',
      ...flat,
    });
    const { changes } = await socketOf(gil).next('chat_updated', of(chatId));
    expect(changes).toEqual({ settings: body.data.chat.groupInfo.settings });
    const no = refusal(403, 'Only admins can change chat settings');
    expect(await mira.put(`/chats/${chatId}/settings`, { groupSettings: flat, isPinned: true })).toMatchObject(no);
    expect((await mira.get(`/chats/${chatId}`)).body.data.chat.isPinned).toBe(false);
    const vanishing = { disappearingMessages: { enabled: true } };
    expect(await mira.put(`/chats/${chatId}/settings`, vanishing)).toMatchObject(no);
    expect((await ivo.put(`/chats/${chatId}/settings`, vanishing)).body.data.chat.settings).toMatchObject({
      disappearingMessages: { enabled: true, duration: 86_400 },
    });
    expect(await ivo.put(`/chats/${chatId}/settings`, { whoCanSendMessages: 'some' })).toMatchObject({ status: 400 });
    await expect(say(app, { token: mira.token as string }, chatId, 'x')).rejects.toThrow('not_permitted');
  });
});

describe('members', () => {
  it('are added by those who may, as far as they may be', async () => {
    const chatId = await newGroup();
    const no = refusal(403, 'Only admins can add members');
    expect(await mira.post(`/groups/${chatId}/participants`, { userIds: [zoe.id] })).toMatchObject(no);
    const userIds = [zoe.id, gil.id, nobody, 'nonsense'];
    const { body } = await ivo.post(`/chats/${chatId}/participants`, { userIds });
    expect(body).toMatchObject({
      message: '1 participants added successfully',
      data: { addedUsers: [{ _id: zoe.id, displayName: 'Zoe' }], chat: { participantCount: 4 } },
    });
    expect(await socketOf(mira).next('group_participants_added', of(chatId))).toMatchObject({
      chatId,
      userIds: [zoe.id],
      addedBy: ivo.id,
    });
    const { chat } = await socketOf(zoe).next('chat_created', (data) => data.chat._id === chatId);
    expect(chat).toMatchObject({ participantCount: 4, myRole: 'member' });
    const nothing = refusal(400, 'User IDs array required');
    expect(await ivo.post(`/chats/${chatId}/participants`, { userIds: null })).toMatchObject(nothing);
    const crowd = await Promise.all(Array.from({ length: 3 }, (_, i) => clientOf(app, `More ${i}`)));
    const all = { userIds: crowd.map(({ id }) => id) };
    expect(await ivo.post(`/chats/${chatId}/participants`, all)).toMatchObject(refusal(400, 'Group is full'));
  });

  it('are removed by admins, and hear no more from then on', async () => {
    const chatId = await newGroup();
    await ivo.put(`/groups/${chatId}/participants/${mira.id}/role`, { role: 'admin' });
    const no = refusal(403, 'Only admins can remove members');
    expect(await gil.delete(`/groups/${chatId}/participants/${mira.id}`)).toMatchObject(no);
    expect(await mira.delete(`/groups/${chatId}/participants/${ivo.id}`)).toMatchObject(
      refusal(400, 'Cannot remove group owner'),
    );
    for (const id of [zoe.id, nobody, 'nonsense']) {
      expect(await mira.delete(`/groups/${chatId}/participants/${id}`)).toMatchObject(
        refusal(404, 'Participant not found'),
      );
    }
    const { body } = await mira.delete(`/chats/${chatId}/participants/${gil.id}`);
    expect(body).toEqual({ success: true, message: 'Participant removed successfully' });
    for (const client of [ivo, mira, gil]) {
      expect(await socketOf(client).next('group_participant_removed', of(chatId))).toMatchObject({
        userId: gil.id,
        removedBy: mira.id,
        left: false,
      });
    }
    await ivo.put(`/groups/${chatId}`, { name: 'Without Gil' });
    await socketOf(mira).next('chat_updated', of(chatId));
    expect(socketOf(gil).all('chat_updated').some(of(chatId))).toBe(false);
    expect(await gil.get(`/groups/${chatId}`)).toMatchObject({ status: 403 });
    expect(await gil.post(`/groups/${chatId}/leave`)).toMatchObject(refusal(403, 'Access denied'));
  });

  it('have the roles that the owner gives them', async () => {
    const chatId = await newGroup();
    const path = `/groups/${chatId}/participants/${mira.id}/role`;
    const no = refusal(403, 'Only group owner can change roles');
    expect(await gil.put(path, { role: 'admin' })).toMatchObject(no);
    expect((await ivo.put(path, { role: 'admin' })).body).toMatchObject({
      success: true,
      message: 'Participant role updated successfully',
    });
    for (const client of [ivo, mira, gil]) {
      expect(await socketOf(client).next('group_role_updated', of(chatId))).toMatchObject({
        userId: mira.id,
        role: 'admin',
        updatedBy: ivo.id,
      });
    }
    expect(await mira.put(`/chats/${chatId}/participants/${gil.id}/role`, { role: 'admin' })).toMatchObject(no);
    expect(await ivo.put(`/chats/${chatId}/participants/${ivo.id}/role`, { role: 'member' })).toMatchObject(
      refusal(400, 'Cannot change owner role'),
    );
    expect(await ivo.put(path, { role: 'king' })).toMatchObject({
      status: 400,
      body: { message: 'Validation failed' },
    });
    expect(await ivo.put(path)).toMatchObject({ status: 400 });
    expect(await ivo.put(`/groups/${chatId}/participants/${nobody}/role`, { role: 'admin' })).toMatchObject(
      refusal(404, 'Participant not found'),
    );
  });

  it('get the group handed over, or inherit it', async () => {
    const chatId = await newGroup();
    expect(await mira.post(`/groups/${chatId}/transfer`, { userId: gil.id })).toMatchObject(
      refusal(403, 'Only group owner can transfer ownership'),
    );
    expect(await ivo.post(`/groups/${chatId}/transfer`)).toMatchObject({ status: 400 });
    expect(await ivo.post(`/groups/${chatId}/transfer`, { userId: zoe.id })).toMatchObject(
      refusal(404, 'Participant not found'),
    );
    const { body } = await ivo.post(`/groups/${chatId}/transfer`, { userId: mira.id });
    expect(rolesOf(body.data.chat)).toEqual({ Ivo: 'admin', Mira: 'owner', Gil: 'member' });
    const told = [1, 2].map(() => socketOf(gil).next('group_role_updated', of(chatId)));
    expect(await Promise.all(told)).toMatchObject([
      { userId: ivo.id, role: 'admin' },
      { userId: mira.id, role: 'owner' },
    ]);

    expect((await mira.post(`/groups/${chatId}/leave`)).body).toEqual({
      success: true,
      message: 'Left group successfully',
    });
    expect(await socketOf(gil).next('group_participant_removed', of(chatId))).toMatchObject({
      userId: mira.id,
      removedBy: mira.id,
      left: true,
    });
    expect(await socketOf(gil).next('group_role_updated', of(chatId))).toMatchObject({ userId: ivo.id, role: 'owner' });
    // An owner who removes himself leaves.
    expect((await ivo.delete(`/chats/${chatId}/participants/${ivo.id}`)).body.message).toBe('Left group successfully');
    expect((await gil.get(`/groups/${chatId}`)).body.data.chat).toMatchObject({ myRole: 'owner', participantCount: 1 });
    expect((await gil.post(`/groups/${chatId}/leave`)).status).toBe(200);
    expect(await gil.get(`/groups/${chatId}`)).toMatchObject({ status: 403 });
  });
});

describe('closing', () => {
  it('is of the owner, and ends the group for all', async () => {
    const chatId = await newGroup();
    expect(await mira.delete(`/groups/${chatId}`)).toMatchObject(refusal(403, 'Only group owner can delete the group'));
    expect((await ivo.delete(`/groups/${chatId}`)).body).toEqual({
      success: true,
      message: 'Group deleted successfully',
    });
    for (const client of [ivo, mira, gil]) {
      expect(await socketOf(client).next('chat_deleted', of(chatId))).toEqual({
        chatId,
        timestamp: expect.stringMatching(/Z$/),
      });
      expect(await client.get(`/groups/${chatId}`)).toMatchObject({ status: 403 });
    }
  });
});

it('answers that groups are off where they are', async () => {
  const off = await startTestApp({ ENABLE_GROUPS: 'false' });
  try {
    const ann = await clientOf(off, 'Ann');
    const no = refusal(403, 'Feature disabled');
    expect(await ann.post('/chats/group', { name: 'G', participants: [nobody] })).toMatchObject(no);
    expect(await ann.get('/groups')).toMatchObject(no);
    expect((await ann.get('/chats')).status).toBe(200);
  } finally {
    await off.close();
  }
});
