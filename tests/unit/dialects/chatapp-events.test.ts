import { describe, expect, test } from 'vitest';
import { chatCreated, chatDeleted, chatUpdated } from '../../../src/dialects/chatapp/events/chats.ts';
import { participantRemoved, participantsAdded, rolesUpdated } from '../../../src/dialects/chatapp/events/groups.ts';
import type { ConversationFacts, NewConversationView } from '../../../src/engine/conversations/index.ts';

const base = 'https://c.example/chatapp';
const at = new Date('2025-03-04T10:20:30.456Z');
const timestamp = at.toISOString();

const facts: ConversationFacts = {
  id: 'c9',
  kind: 'group',
  createdBy: '018f0000-0000-7000-8000-000000000001',
  createdAt: at,
  title: 'Climbers',
  description: 'Rocks',
  photoUrl: `/v1/photos/${'k'.repeat(32)}`,
  settings: {
    whoCanSend: 'all',
    whoCanEdit: 'admins',
    whoCanAdd: 'admins',
    joinApproval: true,
    historyForNewcomers: true,
  },
  disappearingSeconds: null,
  memberCount: 1,
  retainedFrom: 0,
  rev: 4,
};

const person = { id: 'u1', name: 'Ivo Sand', username: null, about: '', photoUrl: null, deleted: false, version: 1 };

const joined: NewConversationView = {
  conversation: facts,
  lastActivityAt: at,
  lastSeq: 7,
  members: [{ person, role: 'owner', joinedAt: at, read: 7, delivered: 7 }],
  own: { role: 'member', joinedAt: at, historyFrom: 0, version: 0 },
};

/** As another node gets an event: times are texts. */
const overTheBus = <Data>(data: Data): Data => JSON.parse(JSON.stringify(data));

/** The argument of the event of a text; it has one. */
function dataOf(text: string | undefined, name: string) {
  const [event, data, ...more] = JSON.parse(text ?? '[]');
  expect([event, more]).toEqual([name, []]);
  return data;
}

describe('chat_created', () => {
  test('is the chat as its receiver sees it, on whatever node', () => {
    for (const data of [{ conversation: joined }, overTheBus({ conversation: joined })]) {
      const texts = chatCreated(data, base);
      for (const personId of ['u1', 'u2']) {
        const { chat } = dataOf(texts({ personId })[0], 'chat_created');
        expect(chat).toMatchObject({
          _id: 'c9',
          type: 'group',
          chatName: 'Climbers',
          participantCount: 1,
          participants: [
            {
              _id: 'c9:u1',
              userId: { _id: 'u1', displayName: 'Ivo Sand', initials: 'IS', isOnline: false, lastSeen: null },
              role: 'owner',
              joinedAt: timestamp,
            },
          ],
          groupInfo: {
            avatar: { url: `${base}/uploads/profiles/${'k'.repeat(32)}` },
            inviteLink: null,
            settings: { approveNewMembers: true },
          },
          lastMessage: null,
          unreadCount: 0,
          unreadCounts: [{ userId: personId, count: 0, lastReadMessageId: null, lastReadAt: null }],
          myRole: 'member',
          createdAt: timestamp,
          updatedAt: timestamp,
        });
        expect(chat.activeParticipants).toEqual(chat.participants);
      }
    }
  });
});

describe('chat_updated', () => {
  test('says what has changed, and who did it', () => {
    const changed = ['title', 'photoUrl', 'settings', 'disappearingSeconds'] as const;
    const [text] = chatUpdated(overTheBus({ conversation: facts, changed, by: 'u1' }), timestamp, base);
    const data = dataOf(text, 'chat_updated');
    expect(data).toMatchObject({ chatId: 'c9', updatedBy: 'u1', timestamp, chat: { _id: 'c9', chatName: 'Climbers' } });
    expect(data.changes).toEqual({
      name: 'Climbers',
      avatar: { url: `${base}/uploads/profiles/${'k'.repeat(32)}` },
      settings: {
        whoCanAddMembers: 'admins',
        whoCanEditGroupInfo: 'admins',
        whoCanSendMessages: 'all',
        approveNewMembers: true,
      },
      disappearingMessages: { enabled: false, duration: 86_400 },
    });
    expect(data.chat).not.toHaveProperty('unreadCount');
    expect(data.chat).not.toHaveProperty('participants');
  });

  test('is not sent where the server has only removed what was too old', () => {
    expect(chatUpdated({ conversation: facts, changed: ['retainedFrom'], by: null }, timestamp, base)).toEqual([]);
  });
});

describe('groups', () => {
  test('tell who came, who went, and who is what from then on', () => {
    const [added] = participantsAdded(
      { conversationId: 'c9', rev: 5, memberCount: 3, members: [], personIds: ['u2', 'u3'], by: 'u1' },
      timestamp,
    );
    expect(dataOf(added, 'group_participants_added')).toEqual({
      chatId: 'c9',
      userIds: ['u2', 'u3'],
      addedBy: 'u1',
      timestamp,
    });
    const roles = [
      { personId: 'u1', role: 'admin' },
      { personId: 'u2', role: 'owner' },
    ] as const;
    const told = rolesUpdated({ conversationId: 'c9', roles, by: 'u1' }, timestamp);
    expect(told.map((text) => dataOf(text, 'group_role_updated'))).toEqual(
      roles.map(({ personId, role }) => ({ chatId: 'c9', userId: personId, role, updatedBy: 'u1', timestamp })),
    );
    const [closed] = chatDeleted({ conversationId: 'c9' }, timestamp);
    expect(dataOf(closed, 'chat_deleted')).toEqual({ chatId: 'c9', timestamp });
  });

  test('tell the others who follows an owner, and not the one who has left', () => {
    const left = {
      conversationId: 'c9',
      rev: 6,
      memberCount: 2,
      personId: 'u1',
      by: 'u1',
      roles: [{ personId: 'u2', role: 'owner' }],
    } as const;
    const texts = participantRemoved(left, timestamp);
    const [removed, role, ...more] = texts({ personId: 'u2' });
    expect(dataOf(removed, 'group_participant_removed')).toEqual({
      chatId: 'c9',
      userId: 'u1',
      removedBy: 'u1',
      left: true,
      timestamp,
    });
    expect(dataOf(role, 'group_role_updated')).toMatchObject({ userId: 'u2', role: 'owner', updatedBy: 'u1' });
    expect(more).toEqual([]);
    expect(texts({ personId: 'u1' })).toEqual([removed]);
    const [byAdmin] = participantRemoved({ ...left, by: 'u2', roles: [] }, timestamp)({ personId: 'u3' });
    expect(dataOf(byAdmin, 'group_participant_removed')).toMatchObject({ removedBy: 'u2', left: false });
  });
});
