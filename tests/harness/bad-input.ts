import { expect } from 'vitest';
import { type AnyOperation, nativeOperations } from '../../src/api/index.ts';
import { rest, signIn, startDirect, type TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** Every operation of the native door; only their schemas are used. */
export const operations: readonly AnyOperation[] = nativeOperations({} as never);

type Fields = Record<string, { type?: string; anyOf?: { type?: string }[]; maxLength?: number }>;

/** The fields of an operation's input, by where they go. */
export function fieldsOf(operation: AnyOperation, part: 'params' | 'query' | 'body'): Fields {
  return (operation[part]?.properties ?? {}) as Fields;
}

/** An input with which the operation would find something to do, or at least understand what is asked. */
export const plausible: Record<string, Record<string, unknown>> = {
  'media.beginDirect': { fileName: 'a.txt', size: 1 },
  'codes.request': { phone: '+15550100042' },
  'sessions.createByCode': { phone: '+15550100042', code: '123456' },
  'accounts.create': { name: 'Ann', username: 'plausible', password: 'correct horse' },
  'sessions.createByPassword': { login: 'plausible', password: 'correct horse' },
  'sessions.refresh': { refreshToken: 'token' },
  'sessions.end': { refreshToken: 'token' },
  'devices.register': { deviceId: 'one', platform: 'web' },
  'devices.unregister': { deviceId: 'one' },
  'sessions.delete': { sessionId: 'no-id' },
  'me.setPassword': { next: 'correct horse' },
  'me.addPhone': { phone: '+15550100042', code: '123456' },
  'people.search': { q: 'ann' },
  'people.get': { personId: 'no-id' },
  'people.getMany': { ids: 'no-id' },
  'contacts.add': { phone: '+15550100042' },
  'contacts.get': { contactId: 'no-id' },
  'contacts.update': { contactId: 'no-id' },
  'contacts.remove': { contactId: 'no-id' },
  'contacts.match': { phones: ['+15550100042'] },
  'blocks.add': { personId: 'no-id' },
  'blocks.remove': { personId: 'no-id' },
  'conversations.startDirect': { personId: 'no-id' },
  'conversations.get': { conversationId: 'no-id' },
  'receipts.mark': { conversationId: 'no-id' },
  'typing.set': { conversationId: 'no-id', typing: true },
  'viewing.set': { conversationId: 'no-id', viewing: true },
  'conversations.updateMine': { conversationId: 'no-id', pinned: true },
  'conversations.clear': { conversationId: 'no-id' },
  'conversations.delete': { conversationId: 'no-id' },
  'messages.hide': { conversationId: 'no-id', messageIds: ['no-id'] },
  'messages.star': { conversationId: 'no-id', messageId: 'no-id' },
  'messages.unstar': { conversationId: 'no-id', messageId: 'no-id' },
  'groups.create': { title: 'Hiking' },
  'groups.update': { conversationId: 'no-id', title: 'Hiking' },
  'groups.close': { conversationId: 'no-id' },
  'groups.leave': { conversationId: 'no-id' },
  'groups.transfer': { conversationId: 'no-id', personId: 'no-id' },
  'conversations.setDisappearing': { conversationId: 'no-id', seconds: 86_400 },
  'members.list': { conversationId: 'no-id' },
  'members.add': { conversationId: 'no-id', people: ['no-id'] },
  'members.remove': { conversationId: 'no-id', personId: 'no-id' },
  'members.setRole': { conversationId: 'no-id', personId: 'no-id', role: 'admin' },
  'invites.create': { conversationId: 'no-id' },
  'invites.get': { conversationId: 'no-id' },
  'invites.revoke': { conversationId: 'no-id' },
  'invites.preview': { code: 'no-code' },
  'invites.join': { code: 'no-code' },
  'joins.withdraw': { code: 'no-code' },
  'joins.list': { conversationId: 'no-id' },
  'joins.approve': { conversationId: 'no-id', personId: 'no-id' },
  'joins.deny': { conversationId: 'no-id', personId: 'no-id' },
  'messages.send': { conversationId: 'no-id', text: 'Hi' },
  'messages.list': { conversationId: 'no-id' },
  'messages.get': { conversationId: 'no-id', messageId: 'no-id' },
  'scheduled.create': { conversationId: 'no-id', text: 'Hi', sendAt: '2030-01-31T09:00:00Z' },
  'scheduled.update': { scheduledId: 'no-id' },
  'scheduled.cancel': { scheduledId: 'no-id' },
  'scheduled.send': { scheduledId: 'no-id' },
  'messages.edit': { conversationId: 'no-id', messageId: 'no-id', text: 'Hi' },
  'messages.edits': { conversationId: 'no-id', messageId: 'no-id' },
  'messages.delete': { conversationId: 'no-id', messageId: 'no-id' },
  'messages.deleteMany': { conversationId: 'no-id', messageIds: ['no-id'] },
  'messages.forward': { conversationId: 'no-id', messageIds: ['no-id'], to: ['no-id'] },
  'messages.seenBy': { conversationId: 'no-id', messageId: 'no-id' },
  'reactions.set': { conversationId: 'no-id', messageId: 'no-id', emoji: '🐎' },
  'reactions.remove': { conversationId: 'no-id', messageId: 'no-id' },
  'pins.add': { conversationId: 'no-id', messageId: 'no-id' },
  'pins.remove': { conversationId: 'no-id', messageId: 'no-id' },
  'pins.list': { conversationId: 'no-id' },
  'presence.watch': { people: 'no-id' },
  'reports.create': { personId: 'no-id', reason: 'spam' },
  'admin.reports.get': { reportId: 'no-id' },
  'admin.reports.resolve': { reportId: 'no-id', outcome: 'other' },
  'admin.people.get': { personId: 'no-id' },
  'admin.people.suspend': { personId: 'no-id', reason: 'Spam' },
  'admin.people.restore': { personId: 'no-id' },
  'messages.search': { q: 'hi' },
  'links.preview': { url: 'https://example.com/' },
};

/** Operations that would sign the test itself out where the bad part of their input is ignored. */
export const harmful = new Set(['me.delete', 'sessions.deleteAll', 'sessions.deleteCurrent']);

/** Values that a field may be given, whatever its type; `JSON.stringify` must take them. */
export const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  '',
  ' ',
  '-1',
  'NaN',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00y',
  "'; drop table messages; --",
  '%s%n{{7*7}}',
  '<img src=x onerror=alert(1)>',
  '../../etc/passwd',
  '01900000-0000-7000-8000-000000000000',
  'x'.repeat(100_000),
  [],
  [null],
  ['a'],
  {},
  { $ne: null },
  { toString: 'x', valueOf: 1, length: -1 },
  [[[[[[]]]]]],
];

/** A refusal is one of the door's own errors, and shows nothing of the inside. */
export function expectDecent(status: number, text: string): void {
  expect(status, text).not.toBe(500);
  // A random session id of the protocol may look like anything.
  expect(text.replace(/"sid":"[^"]*"/g, '')).not.toMatch(
    /\bat .*[\\/][\w.-]+\.[jt]s|node_modules|Error:|select |insert into|prepared statement|pg_/i,
  );
}

/** Proves that the server is well: two people talk, and nothing went wrong inside. */
export async function expectHealthy(app: TestApp, ann: TestPerson, bob: TestPerson): Promise<void> {
  const id = await startDirect(app, ann, bob);
  const sent = await rest(app, 'POST', `/conversations/${id}/messages`, { token: ann.token, body: { text: 'Well?' } });
  expect(sent.status).toBe(201);
  const read = await rest(app, 'GET', `/conversations/${id}/messages?limit=1`, { token: bob.token });
  expect(read.body.items[0]).toEqual(sent.body.message);
  expect(app.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
}

/** Two people who stay out of the trouble. */
export async function bystanders(app: TestApp): Promise<[TestPerson, TestPerson]> {
  return [await signIn(app), await signIn(app)];
}
