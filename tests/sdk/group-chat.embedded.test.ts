import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, memoryStorage } from '../../sdk/src/index.ts';
import { fetchMessages, messageDifferences } from '../chaos/check-client.ts';
import { newPhone } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';
import { inSync, online, openClient, openProxy, pair, signedIn, texts } from './clients.ts';
import type { FailingNetwork } from './proxy.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const idOf = (client: Client): string => client.me?.id ?? '';

/** A group of two that both have; the second may lose the network. */
async function group() {
  const proxy = await openProxy(app);
  const ann = await signedIn(app, { name: 'Ann' });
  const bob = await signedIn(app, { name: 'Bob', url: proxy.url });
  const { conversation, notAdded } = await ann.groups.create({ title: 'Friends', people: [idOf(bob)] });
  expect(notAdded).toEqual([]);
  await inSync(ann, bob);
  return { ann, bob, id: conversation.id, proxy };
}

async function loseNetwork(proxy: FailingNetwork, client: Client): Promise<void> {
  proxy.down = true;
  proxy.cut();
  await until('the cut is noticed', () => client.connection === 'connecting');
}

/** All show exactly what the server has, messages too. */
async function sameMessages(id: string, ...clients: Client[]): Promise<void> {
  await inSync(...clients);
  for (const client of clients) {
    expect(await messageDifferences(client, id, await fetchMessages(client, id))).toEqual([]);
  }
}

/** What people have said, without the system. */
const said = (client: Client, id: string) => client.messages(id).filter(({ kind }) => kind !== 'system');

test('a group is made, talked in, and changed', async () => {
  const { ann, bob, id } = await group();
  expect(bob.conversation(id)).toMatchObject({ kind: 'group', title: 'Friends', role: 'member', memberCount: 2 });
  expect(ann.conversation(id)?.role).toBe('owner');

  const question = await ann.send(id, 'Who comes?').acked;
  await until('the question arrives', () => said(bob, id).length === 1);
  const answer = await bob.send(id, { text: 'Me', replyTo: question.id ?? '' }).acked;
  expect(answer.replyTo).toMatchObject({ messageId: question.id, message: { text: 'Who comes?' } });
  const questionId = question.id as string;
  await ann.messageActions.edit(id, questionId, 'Who comes tonight?');
  expect(said(ann, id)[0]).toMatchObject({ text: 'Who comes tonight?', editedAt: expect.any(String) });
  expect(await ann.messageActions.edits(id, questionId)).toMatchObject([
    { text: 'Who comes?' },
    { text: 'Who comes tonight?' },
  ]);
  await bob.messageActions.react(id, questionId, '👍');
  expect(said(bob, id)[0]?.reactions).toMatchObject([{ personId: idOf(bob), emoji: '👍' }]);
  await bob.messageActions.react(id, questionId, '👍');
  await ann.messageActions.pin(id, questionId);
  expect(said(ann, id)[0]?.pinnedAt).not.toBeNull();
  expect(await bob.messageActions.pinned(id)).toMatchObject([{ id: questionId }]);
  await bob.messageActions.delete(id, answer.id as string);
  expect(said(bob, id)[1]).toMatchObject({ text: '', deletedAt: expect.any(String) });
  await sameMessages(id, ann, bob);

  await bob.messageActions.react(id, questionId, null);
  await bob.messageActions.react(id, questionId, null);
  expect(said(bob, id)[0]?.reactions).toEqual([]);
  await ann.messageActions.unpin(id, questionId);
  await bob.markRead(id);
  expect((await ann.messageActions.seenBy({ conversationId: id, messageId: questionId })).items).toEqual([
    { personId: idOf(bob), read: true },
  ]);
  const [one, two] = [await ann.send(id, 'One').acked, await ann.send(id, 'Two').acked];
  const outcomes = await ann.messageActions.deleteMany(id, [one.id as string, crypto.randomUUID(), two.id as string]);
  expect(outcomes.map(({ message, error }) => message?.text ?? error?.code)).toEqual(['', 'message_not_found', '']);
  await sameMessages(id, ann, bob);

  const { id: direct } = await ann.startDirect(idOf(bob));
  const forward = { conversationId: id, messageIds: [questionId], to: [direct], requestKey: 'once' };
  await ann.messageActions.forward(forward);
  await ann.messageActions.forward(forward);
  expect(ann.messages(direct)).toMatchObject([{ text: 'Who comes tonight?', forwardCount: 1 }]);
  expect((await bob.messageActions.search({ q: 'tonight' })).items).toHaveLength(2);
  await sameMessages(direct, ann, bob);

  await ann.groups.update(id, { title: 'Best friends', settings: { whoCanSend: 'admins' } });
  expect(ann.conversation(id)).toMatchObject({ title: 'Best friends', settings: { whoCanSend: 'admins' } });
  // What is so already is no change, and hides none.
  await ann.groups.update(id, { title: 'Best friends' });
  await ann.setDisappearing(id, 86_400);
  expect(ann.conversation(id)?.disappearingSeconds).toBe(86_400);
  const refused = bob.send(id, 'May I?').acked;
  await expect(refused).rejects.toMatchObject({ code: 'not_permitted' });
  await ann.members.setRole(id, idOf(bob), 'admin');
  await until('he is an admin', () => bob.conversation(id)?.role === 'admin');
  await bob.retry(id, said(bob, id).at(-1)?.clientId ?? '');
  await until('it is sent', () => bob.queued === 0);
  await ann.groups.transfer(id, idOf(bob));
  await ann.groups.leave(id);
  expect(ann.conversation(id)).toBeUndefined();
  await until('she is gone', () => bob.conversation(id)?.memberCount === 1);
  expect(bob.conversation(id)?.role).toBe('owner');
  await sameMessages(id, bob);
  await bob.groups.close(id);
  expect(bob.conversation(id)).toBeUndefined();
  await inSync(ann, bob);
});

test('what the others did while one was away appears after the return', async () => {
  const { ann, bob, id, proxy } = await group();
  const sent = [];
  for (const text of ['edited', 'reacted', 'deleted', 'pinned'])
    sent.push((await ann.send(id, text).acked).id as string);
  const [edited, reacted, deleted, pinned] = sent as [string, string, string, string];
  const hidden = (await bob.send(id, 'hidden').acked).id as string;
  await sameMessages(id, ann, bob);
  await loseNetwork(proxy, bob);
  const changed: string[] = [];
  bob.on('messageChanged', (message) => changed.push(message.id ?? ''));
  await ann.messageActions.edit(id, edited, 'Edited');
  await ann.messageActions.react(id, reacted, '🎉');
  await ann.messageActions.delete(id, deleted);
  await ann.messageActions.pin(id, pinned);
  await ann.messageActions.hide(id, [hidden]);
  await ann.groups.update(id, { title: 'Renamed' });
  expect(texts(bob, id)).toContain('edited');
  proxy.down = false;
  await sameMessages(id, ann, bob);
  expect(said(bob, id).map(({ text }) => text)).toEqual(['Edited', 'reacted', '', 'pinned', 'hidden']);
  expect(said(ann, id).map(({ text }) => text)).toEqual(['Edited', 'reacted', '', 'pinned']);
  expect(bob.messages(id).find((each) => each.id === reacted)?.reactions).toMatchObject([{ emoji: '🎉' }]);
  expect(new Set(changed)).toEqual(new Set([edited, reacted, deleted, pinned]));
  expect(bob.conversation(id)?.title).toBe('Renamed');
});

test('a change of mine whose event is lost is shown none the less', async () => {
  const { ann, bob, id, proxy } = await group();
  const { id: messageId } = await ann.send(id, 'Hello').acked;
  await inSync(ann, bob);
  proxy.swallow = (frame) => frame.includes('reaction.changed');
  await bob.messageActions.react(id, messageId as string, '👍');
  proxy.swallow = () => false;
  await until('a sync brings it', () => said(bob, id)[0]?.reactions.length === 1);
  await sameMessages(id, ann, bob);
});

test('who was removed while away is told so, and what waited there fails', async () => {
  const { ann, bob, id, proxy } = await group();
  await ann.send(id, 'Hello').acked;
  await inSync(ann, bob);
  await loseNetwork(proxy, bob);
  const removed: string[] = [];
  bob.on('conversationRemoved', ({ conversationId }) => removed.push(conversationId));
  const waiting = bob.send(id, 'Too late').acked;
  await ann.members.remove(id, idOf(bob));
  await ann.send(id, 'Among us').acked;
  proxy.down = false;
  await expect(waiting).rejects.toMatchObject({ code: 'conversation_not_found' });
  await inSync(ann, bob);
  expect(removed).toEqual([id]);
  expect(bob.conversation(id)).toBeUndefined();
  expect(bob.messages(id)).toMatchObject([{ text: 'Too late', status: 'failed' }]);
  expect(texts(ann, id)).not.toContain('Too late');

  await ann.members.add(id, [idOf(bob)]);
  await until('he is back', () => bob.conversation(id) !== undefined);
  await bob.retry(id, bob.messages(id).find(({ status }) => status === 'failed')?.clientId ?? '');
  await until('it is sent', () => bob.queued === 0);
  await sameMessages(id, ann, bob);
  expect(texts(ann, id).at(-1)).toBe('Too late');
});

test('who comes back to a group after more than 200 messages begins anew there', async () => {
  const { ann, bob, id, proxy } = await group();
  await ann.send(id, 'Before').acked;
  await inSync(ann, bob);
  await loseNetwork(proxy, bob);
  let resets = 0;
  bob.on('reset', () => {
    resets += 1;
  });
  for (let n = 1; n <= 250; n += 1) ann.send(id, `m${n}`);
  await until('all are sent', () => ann.queued === 0);
  const first = said(ann, id).at(-250)?.id as string;
  await ann.messageActions.edit(id, first, 'the first');
  proxy.down = false;
  await inSync(ann, bob);
  expect(resets).toBe(1);
  expect(bob.messages(id).length).toBeLessThan(200);
  expect(bob.conversation(id)).toMatchObject({ unread: 251, hasOlder: true });
  await sameMessages(id, ann, bob);
  expect(said(bob, id)[1]?.text).toBe('the first');
});

test('what one device sets for itself is so on the other', async () => {
  const phone = newPhone();
  const proxy = await openProxy(app);
  const one = await signedIn(app, { phone, name: 'Ann' });
  const two = await signedIn(app, { phone, url: proxy.url });
  const bob = await signedIn(app, { name: 'Bob' });
  const { conversation } = await one.groups.create({ title: 'Work', people: [idOf(bob)] });
  const { id } = conversation;
  await inSync(one, two, bob);
  await one.settings.mute(id);
  await one.settings.pin(id);
  expect(one.conversation(id)).toMatchObject({ muted: true, pinned: true });
  await until('the other device follows', () => two.conversation(id)?.pinned === true);
  await loseNetwork(proxy, two);
  await one.settings.archive(id);
  await one.settings.pin(id, false);
  await one.settings.rename(id, 'The office');
  await bob.send(id, 'Muted ones stay in the archive').acked;
  proxy.down = false;
  await inSync(one, two, bob);
  for (const device of [one, two]) {
    expect(device.conversation(id)).toMatchObject({ muted: true, archived: true, pinned: false, title: 'The office' });
  }
  expect(bob.conversation(id)).toMatchObject({ muted: false, archived: false, title: 'Work' });
  await Promise.all([one.settings.unmute(id), two.settings.pin(id)]);
  await bob.send(id, 'Back').acked;
  await inSync(one, two, bob);
  expect(one.conversation(id)).toMatchObject({ muted: false, archived: false, pinned: true });
  expect(two.conversation(id)).toEqual(one.conversation(id));
});

test('a picture and a reply that were written offline are sent by the next process', async () => {
  const proxy = await openProxy(app);
  const storage = memoryStorage();
  const { ann, bob, id } = await pair(app, { url: proxy.url, storage });
  const question = await bob.send(id, 'How is it there?').acked;
  await until('it arrives', () => texts(ann, id).length === 1);
  await loseNetwork(proxy, ann);
  const media = [{ url: '/files/view.jpg', mimeType: 'image/jpeg', width: 800, height: 600 }];
  ann.send(id, { kind: 'image', text: 'Look', content: { media } }).acked.catch(() => {});
  const { message } = ann.send(id, { text: 'Lovely', replyTo: question.id as string });
  expect(message).toMatchObject({ status: 'pending', replyTo: { message: { text: 'How is it there?' } } });
  ann.close();
  proxy.down = false;
  const again = await openClient({ url: proxy.url }, { storage });
  await online(again);
  await sameMessages(id, again, bob);
  expect(bob.messages(id)).toMatchObject([
    { text: 'How is it there?' },
    { kind: 'image', text: 'Look', content: { media } },
    { text: 'Lovely', replyTo: { messageId: question.id } },
  ]);
});

test('people come by an invite link, and wait where an admin lets them in', async () => {
  const { ann, bob, id } = await group();
  const [carl, dan] = [await signedIn(app, { name: 'Carl' }), await signedIn(app, { name: 'Dan' })];
  const { code } = await ann.invites.create(id, { maxUses: 5 });
  expect(await carl.invites.preview(code)).toMatchObject({ title: 'Friends', memberCount: 2, conversationId: null });
  expect(await carl.invites.join(code)).toMatchObject({ id, title: 'Friends' });
  await until('all see him', () => bob.conversation(id)?.memberCount === 3);

  await ann.groups.update(id, { settings: { joinApproval: true } });
  const heard: string[] = [];
  for (const client of [ann, dan]) client.on('joinRequest', ({ state }) => heard.push(`${client.me?.name} ${state}`));
  expect(await dan.invites.join(code)).toBeNull();
  await until('she hears of it', () => heard.includes('Ann waiting'));
  const { items } = await ann.joinRequests.list({ conversationId: id });
  expect(items).toMatchObject([{ person: { id: idOf(dan) } }]);
  await ann.joinRequests.deny(id, idOf(dan));
  await until('he hears of it', () => heard.includes('Dan denied'));
  await dan.invites.join(code);
  await ann.joinRequests.approve(id, idOf(dan));
  await until('he is in', () => dan.conversation(id) !== undefined);
  expect((await ann.members.list({ conversationId: id })).items).toHaveLength(4);
  await ann.invites.revoke(id);
  expect(await ann.invites.get(id)).toBeNull();
  await sameMessages(id, ann, bob, carl, dan);
});

test('messages are scheduled, changed and sent, and all of mine can be taken along', async () => {
  const { ann, bob, id } = await pair(app);
  const heard: (string | null)[] = [];
  ann.on('scheduled', ({ scheduled }) => heard.push(scheduled?.text ?? null));
  const at = new Date(app.clock.now() + 3_600_000);
  const later = await ann.scheduled.create(id, 'Later', at);
  const never = await ann.scheduled.create(id, { text: 'Never' }, at);
  await ann.scheduled.update(later.id, { text: 'Now' });
  expect(await ann.scheduled.list(id)).toMatchObject([{ text: 'Now' }, { text: 'Never' }]);
  await ann.scheduled.cancel(never.id);
  await ann.scheduled.send(later.id);
  expect(texts(ann, id)).toEqual(['Now']);
  expect(await ann.scheduled.list()).toEqual([]);
  await until('she heard of all', () => heard.length === 5);
  expect(heard.slice(0, 3)).toEqual(['Later', 'Never', 'Now']);
  await sameMessages(id, ann, bob);

  await ann.report({ personId: idOf(bob), reason: 'spam' });
  app.clock.advance(16 * 60_000); // the token has expired meanwhile
  const document = JSON.parse(await new Response(await ann.exportMyData()).text());
  expect(JSON.stringify(document)).toContain('"Now"');
  expect(document.exportedAt).toEqual(expect.any(String));
});
