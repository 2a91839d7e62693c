import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { makeGroup, systemMessages } from '../harness/groups.ts';
import { fetchAs, uploaded } from '../harness/media.ts';
import { codeOf, say } from '../harness/messages.ts';
import { rest, signIn, type TestPerson } from '../harness/people.ts';
import { giveUp, isKept, newPicture, usesOf } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const day = 86_400_000;

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let group: string;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  [ann, bob] = [await signIn(app, { tokens: 'opaque' }), await signIn(app, { tokens: 'opaque' })];
  group = await makeGroup(app, ann, [bob]);
});

const call = (method: string, path: string, as = ann, body?: object) =>
  rest(app, method, path, { token: as.token, ...(body && { body }) });
const avatar = async (as = ann) => (await uploaded(app, as, await newPicture(), { purpose: 'avatar' })).id;
/** The status of looking at a photo, as somebody who is not signed in. */
const seen = async (photoUrl: string): Promise<number> => {
  const answer = await fetchAs(app, null, photoUrl);
  await answer.arrayBuffer();
  return answer.status;
};
const elsewhere = 'https://example.com/ann.jpg';

describe.each(['person', 'group'])('the photo of a %s', (kind) => {
  const holder = (): string => (kind === 'person' ? ann.id : group);
  const set = (body: object) => call('PATCH', kind === 'person' ? '/me' : `/groups/${group}`, ann, body);
  const photoSeen = async (): Promise<string | null> => {
    const path = kind === 'person' ? `/people/${ann.id}` : `/conversations/${group}`;
    return (await call('GET', path, bob)).body.photoUrl;
  };

  test('is set, replaced and removed; then nobody sees the former one, and it goes', async () => {
    const [first, second] = [await avatar(), await avatar()];
    const one = (await expectInSync(app, [ann, bob], () => set({ photoMediaId: first }))).body.photoUrl;
    expect(one).toMatch(/^\/v1\/photos\/[\w-]{32}$/);
    expect(await photoSeen()).toBe(one);
    expect(await usesOf(app, first)).toEqual([{ holder_id: holder(), seq: 0 }]);
    expect([await seen(one), await seen(`${one}?thumbnail=true`)]).toEqual([200, 200]);
    await giveUp(app, ann, first);
    app.clock.advance(2 * day);
    expect(await isKept(app, first)).toBe(true);
    expect(await seen(one)).toBe(200);

    const anew = await avatar();
    const two = (await expectInSync(app, [ann, bob], () => set({ photoMediaId: anew }))).body.photoUrl;
    expect([await seen(one), await seen(two)]).toEqual([404, 200]);
    expect([await isKept(app, first), await isKept(app, second)]).toEqual([false, false]);
    await expectInSync(app, [ann, bob], () => set({ photoMediaId: null }));
    expect([await photoSeen(), await seen(two), await usesOf(app, anew)]).toEqual([null, 404, []]);
  });

  test('is one of a file here and one elsewhere', async () => {
    const id = await avatar();
    for (const body of [
      { photoMediaId: id, photoUrl: elsewhere },
      { photoMediaId: id, photoUrl: null },
      { photoMediaId: null, photoUrl: elsewhere },
    ]) {
      const refused = await set(body);
      expect(refused.body.error).toMatchObject({ code: 'invalid_request', details: { path: '/photoMediaId' } });
    }
    for (const photoUrl of [elsewhere, null]) {
      const here = (await set({ photoMediaId: id })).body.photoUrl;
      expect(await seen(here)).toBe(200);
      expect((await expectInSync(app, [ann, bob], () => set({ photoUrl }))).body.photoUrl).toBe(photoUrl);
      expect([await seen(here), await usesOf(app, id)]).toEqual([404, []]);
    }
  });

  test('is a photo that its chooser has brought', async () => {
    const [theirs, picture, own] = [await avatar(bob), await uploaded(app, ann, await newPicture()), await avatar()];
    await giveUp(app, ann, own);
    for (const [photoMediaId, code] of [
      [theirs, 'media_not_found'],
      [own, 'media_not_found'],
      [crypto.randomUUID(), 'media_not_found'],
      ['no-id', 'media_not_found'],
      [picture.id, 'invalid_request'],
    ]) {
      const refused = await set({ photoMediaId });
      expect(refused.body.error).toMatchObject({ code, details: { path: '/photoMediaId' } });
    }
    expect(await photoSeen()).toBeNull();
  });

  test('that is set again changes nothing but what is told', async () => {
    const id = await avatar();
    const { photoUrl } = (await set({ photoMediaId: id })).body;
    const again = await expectInSync(app, [ann, bob], () => set({ photoMediaId: id }));
    expect(again.body.photoUrl).toBe(photoUrl);
    expect(await usesOf(app, id)).toHaveLength(1);
  });
});

test('a picture that was brought for a message becomes a photo as a copy, by the rules of photos', async () => {
  const sent = (await uploaded(app, ann, await newPicture())).id;
  const copy = (mediaId: string, as: TestPerson) => call('POST', `/media/${mediaId}/copies`, as, { purpose: 'avatar' });
  const { status, body } = await copy(sent, ann);
  expect([status, body]).toMatchObject([201, { purpose: 'avatar', status: 'ready' }]);
  const { photoUrl } = (await call('PATCH', '/me', ann, { photoMediaId: body.id })).body;
  await giveUp(app, ann, sent);
  app.clock.advance(2 * day);
  expect([await isKept(app, sent), await seen(photoUrl)]).toEqual([false, 200]);
  expect(codeOf(await copy(sent, ann))).toBe('media_not_found');
  expect(codeOf(await copy(body.id, bob))).toBe('media_not_found');
  const text = (await uploaded(app, ann, Buffer.from('Words.'), { fileName: 'a.txt' })).id;
  expect(codeOf(await copy(text, ann))).toBe('media_refused');
});

describe('one photo', () => {
  test('is that of a person and of groups, until it is that of none', async () => {
    const id = await avatar();
    const made = await call('POST', '/groups', ann, { title: 'Sun', photoMediaId: id, people: [bob.id] });
    expect(made.status).toBe(201);
    const { photoUrl, id: other } = made.body.conversation;
    expect((await call('PATCH', '/me', ann, { photoMediaId: id })).body.photoUrl).toBe(photoUrl);
    expect(await usesOf(app, id)).toHaveLength(2);
    expect((await call('DELETE', `/groups/${other}`)).status).toBe(204);
    expect([await usesOf(app, id), await seen(photoUrl)]).toEqual([[{ holder_id: ann.id, seq: 0 }], 200]);
    expect((await call('DELETE', '/me')).status).toBe(204);
    expect([await usesOf(app, id), await seen(photoUrl)]).toEqual([[], 404]);
    app.clock.advance(2 * day);
    expect(await isKept(app, id)).toBe(false);
  });

  test('is refused to a new group where it is not its owner’s, and then there is no group', async () => {
    const refused = await call('POST', '/groups', ann, { title: 'Sun', photoMediaId: await avatar(bob) });
    expect(codeOf(refused)).toBe('media_not_found');
    const both = await call('POST', '/groups', ann, {
      title: 'Sun',
      photoMediaId: await avatar(),
      photoUrl: elsewhere,
    });
    expect(codeOf(both)).toBe('invalid_request');
    expect((await call('GET', '/conversations')).body.items).toHaveLength(1);
  });

  test('of a group is for those who may edit it, and a message of the system tells of it', async () => {
    await call('PATCH', `/groups/${group}`, ann, { settings: { whoCanEdit: 'admins' } });
    const theirs = await avatar(bob);
    expect(codeOf(await call('PATCH', `/groups/${group}`, bob, { photoMediaId: theirs }))).toBe('not_permitted');
    await call('PATCH', `/groups/${group}`, ann, { settings: { whoCanEdit: 'all' } });
    const { photoUrl } = (await call('PATCH', `/groups/${group}`, bob, { photoMediaId: theirs })).body;
    expect(await systemMessages(app, ann, group)).toContainEqual({ event: 'photo.changed', value: photoUrl });
    // It stays when its uploader leaves, and goes when the last one does.
    await call('POST', `/conversations/${group}/leave`, bob);
    await say(app, ann, group, 'Alone');
    expect(await seen(photoUrl)).toBe(200);
    await call('POST', `/conversations/${group}/leave`, ann);
    expect([await seen(photoUrl), await usesOf(app, theirs)]).toEqual([404, []]);
  });
});
