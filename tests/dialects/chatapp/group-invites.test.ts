import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappClient, ChatappSocket } from '../../harness/chatapp.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf } from './clients.ts';

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

describe('invites', () => {
  it('let people in, until they are revoked', async () => {
    const chatId = await newGroup();
    expect(await mira.post(`/groups/${chatId}/invite`)).toMatchObject(refusal(403, 'Only admins can manage invites'));
    const first = (await ivo.post(`/groups/${chatId}/invite`)).body.data;
    const { inviteLink, code } = (await ivo.post(`/chats/${chatId}/invite`)).body.data;
    expect(inviteLink).toBe(`${app.url}/chatapp/join/${code}`);
    expect((await ivo.get(`/groups/${chatId}`)).body.data.chat.groupInfo.inviteLink).toBe(inviteLink);
    expect((await mira.get(`/groups/${chatId}`)).body.data.chat.groupInfo.inviteLink).toBeNull();
    const gone = refusal(404, 'Invite not found');
    expect(await zoe.post('/groups/join', { code: first.code })).toMatchObject(gone);
    expect(await zoe.post('/groups/join', {})).toMatchObject({ status: 400 });
    const { status, body } = await zoe.post('/groups/join', { code });
    expect([status, body.data.chat]).toMatchObject([200, { _id: chatId, participantCount: 4, myRole: 'member' }]);
    expect(await socketOf(ivo).next('group_participants_added', of(chatId))).toMatchObject({
      userIds: [zoe.id],
      addedBy: zoe.id,
    });
    expect((await zoe.post('/groups/join', { inviteLink })).status).toBe(200);
    expect((await ivo.delete(`/groups/${chatId}/invite`)).status).toBe(200);
    const late = await clientOf(app, 'Late');
    expect(await late.post('/groups/join', { code })).toMatchObject(gone);
    await ivo.delete(`/groups/${chatId}/participants/${zoe.id}`);
    const fresh = (await ivo.post(`/groups/${chatId}/invite`)).body.data;
    expect(await zoe.post('/groups/join', { code: fresh.code })).toMatchObject(refusal(403, 'Access denied'));
  });

  it('only ask where admins let people in', async () => {
    const chatId = await newGroup();
    await ivo.put(`/groups/${chatId}/settings`, { approveNewMembers: true });
    const { code } = (await ivo.post(`/groups/${chatId}/invite`)).body.data;
    const ben = await clientOf(app, 'Ben');
    for (const client of [zoe, ben]) {
      const { status, body } = await client.post('/groups/join', { code });
      expect([status, body.data]).toEqual([202, { pending: true }]);
    }
    const no = refusal(403, 'Only admins can answer join requests');
    expect(await mira.get(`/groups/${chatId}/requests`)).toMatchObject(no);
    const { requests } = (await ivo.get(`/chats/${chatId}/requests`)).body.data;
    expect(requests.map((one: { userId: object }) => one.userId)).toMatchObject([{ _id: zoe.id }, { _id: ben.id }]);
    expect(await mira.post(`/groups/${chatId}/requests/${zoe.id}`, { approve: true })).toMatchObject(no);
    expect(await ivo.post(`/groups/${chatId}/requests/${zoe.id}`)).toMatchObject({ status: 400 });
    const { body } = await ivo.post(`/groups/${chatId}/requests/${zoe.id}`, { approve: true });
    expect(body.data.chat.participantCount).toBe(4);
    await socketOf(zoe).next('chat_created', (data) => data.chat._id === chatId);
    expect((await ivo.post(`/chats/${chatId}/requests/${ben.id}`, { approve: false })).status).toBe(200);
    expect(await ivo.post(`/groups/${chatId}/requests/${ben.id}`, { approve: true })).toMatchObject(
      refusal(404, 'Request not found'),
    );
    expect((await ivo.get(`/groups/${chatId}/requests`)).body.data.requests).toEqual([]);
  });
});
