import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { makeGroup } from '../harness/groups.ts';
import { upload, uploaded } from '../harness/media.ts';
import { codeOf, latest, look, pathOf, say, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { inMinutes, schedule } from '../harness/scheduling.ts';
import {
  beginUpload,
  film,
  giveUp,
  isKept,
  newPicture,
  note,
  read,
  recording,
  usesOf,
} from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { until } from '../harness/until.ts';

const hour = 3_600_000;
const day = 24 * hour;

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let cy: TestPerson;
let direct: string;
let group: string;
const newPeople = async () => {
  const tokens = 'opaque';
  [ann, bob, cy] = [await signIn(app, { tokens }), await signIn(app, { tokens }), await signIn(app, { tokens })];
  direct = await startDirect(app, ann, bob);
  group = await makeGroup(app, ann, [bob, cy]);
};
beforeAll(async () => {
  app = await startTestApp({ PARLEY_RETENTION_DIRECT_DAYS: '40', PARLEY_DELETE_WINDOW_SECONDS: '0' });
});
afterAll(() => app.close());
const send = (conversationId: string, body: object, as = ann) =>
  rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: as.token, body });
const call = (method: string, path: string, as = ann, body?: object) =>
  rest(app, method, path, { token: as.token, ...(body && { body }) });
const showing = (...ids: string[]) => ({ media: ids.map((mediaId) => ({ mediaId })) });
const image = (...ids: string[]) => ({ kind: 'image', content: showing(...ids) });
/** A picture of Ann's. */
const newImage = async (as = ann) => (await uploaded(app, as, await newPicture(), { fileName: 'sun.png' })).id;
const forward = async (message: WireMessage, to: string, as: TestPerson): Promise<WireMessage> => {
  const body = { messageIds: [message.id], to: [to] };
  const path = `/conversations/${message.conversationId}/messages/forwards`;
  return (await rest(app, 'POST', path, { token: as.token, body })).body.items[0].results[0];
};
/** The time for which a file is kept that nothing shows is over. */
const passADay = () => app.clock.advance(day + hour);

describe('a message shows a file that its sender has brought', () => {
  beforeAll(newPeople);

  test.each([
    ['image', 'sun.png', newPicture],
    ['sticker', 'sun.png', newPicture],
    ['video', 'red.webm', film],
    ['audio', 'voice.wav', recording],
    ['audio', 'recorded.webm', film],
    ['document', 'note.txt', note],
    ['document', 'sun.png', newPicture],
  ])('as %s: %s', async (kind, fileName, make) => {
    const file = await uploaded(app, ann, await make(), { fileName });
    const content = { ...showing(file.id, file.id), custom: { album: 1 } };
    const sent = await expectInSync(app, [ann, bob], () => send(direct, { kind, text: 'Look', content }));
    expect(sent.status).toBe(201);
    const { id, purpose: _, status: _s, createdAt: _c, ...facts } = file as unknown as Record<string, unknown>;
    const item = { mediaId: id, ...facts };
    expect(item).toMatchObject({ fileName, mimeType: expect.any(String), size: expect.any(Number) });
    expect(sent.body.message.content).toEqual({ media: [item, item], custom: { album: 1 } });
    expect(await look(app, bob, sent.body.message)).toEqual(sent.body.message);
    expect(await usesOf(app, file.id)).toEqual([{ holder_id: direct, seq: sent.body.message.seq }]);
    expect([await read(app, bob, file.id, direct), await read(app, cy, file.id, direct)]).toEqual([200, 404]);
    expect(await read(app, bob, file.id, group)).toBe(404);
  });

  test('beside files elsewhere, and as the picture of a link', async () => {
    const id = await newImage();
    const url = 'https://example.org/a.jpg';
    const mixed = await say(app, ann, direct, {
      kind: 'image',
      content: { media: [{ url }, { mediaId: id }, { url }] },
    });
    expect(mixed.content.media).toMatchObject([{ url }, { mediaId: id, mimeType: 'image/png' }, { url }]);
    const link = { url: 'https://example.org/', title: 'Example', imageMediaId: id };
    const linked = await say(app, ann, direct, { kind: 'link', content: link });
    expect(linked.content).toEqual(link);
    expect((await usesOf(app, id)).map(({ seq }) => seq)).toEqual([mixed.seq, linked.seq]);
    for (const message of [mixed, linked]) await call('DELETE', pathOf(message));
    expect(await usesOf(app, id)).toEqual([]);
  });

  test.each([
    ['image', film],
    ['image', note],
    ['sticker', recording],
    ['video', newPicture],
    ['video', recording],
    ['audio', newPicture],
    ['link', film],
  ])('but not as %s what is none', async (kind, make) => {
    const { id } = await uploaded(app, ann, await make());
    const content = kind === 'link' ? { url: 'https://example.org/', imageMediaId: id } : showing(await newImage(), id);
    const path = kind === 'link' ? '/content/imageMediaId' : '/content/media/1/mediaId';
    // Of a video or a recording, the picture before it would be refused first.
    const only = kind === 'video' || kind === 'audio' ? showing(id) : content;
    const refused = await send(direct, { kind, content: only });
    expect(codeOf(refused)).toBe('invalid_request');
    expect(refused.body.error.details.path).toBe(only === content ? path : '/content/media/0/mediaId');
  });

  test.each([
    ['a url beside it', (mediaId: string) => ({ media: [{ mediaId, url: '/x' }] }), '/content/media/0'],
    ['neither', () => ({ media: [{ fileName: 'a' }] }), '/content/media/0'],
    ['a name', (mediaId: string) => ({ media: [{ mediaId, fileName: 'a' }] }), '/content/media/0/fileName'],
    ['a width', (mediaId: string) => ({ media: [{ mediaId, width: 9 }] }), '/content/media/0/width'],
    [
      'a thumbnail of a URL',
      () => ({ media: [{ url: '/x', thumbnail: { width: 1, height: 1 } }] }),
      '/content/media/0/thumbnail',
    ],
  ])('and says nothing else of it: %s', async (_what, contentOf, path) => {
    const refused = await send(direct, { kind: 'image', content: contentOf(await newImage()) });
    expect(codeOf(refused)).toBe('invalid_request');
    expect(refused.body.error.details.path).toBe(path);
  });

  test('and a link has one picture', async () => {
    const content = { url: 'https://example.org/', imageUrl: '/x', imageMediaId: await newImage() };
    const refused = await send(direct, { kind: 'link', content });
    expect(refused.body.error).toMatchObject({ code: 'invalid_request', details: { path: '/content/imageMediaId' } });
  });

  test('and that is there', async () => {
    const [own, givenUp] = [await newImage(), await newImage()];
    await giveUp(app, ann, givenUp);
    const begun = await beginUpload(app, ann);
    const broken = await upload(app, ann, Buffer.concat([(await newPicture()).subarray(0, 40), note()]));
    expect(broken.body.error?.code).toBe('media_refused');
    const [refused] = await app.app.database.read((reader) =>
      reader.sql
        .selectFrom('media')
        .select('id')
        .where('uploader_id', '=', ann.id)
        .where('status', '=', 'refused')
        .execute(),
    );
    const avatar = await uploaded(app, ann, await newPicture(), { purpose: 'avatar' });
    const before = await latest(app, ann, direct);
    const outcomes: [string | undefined, string][] = [
      [await newImage(bob), 'media_not_found'],
      [givenUp, 'media_not_found'],
      [crypto.randomUUID(), 'media_not_found'],
      ['no-id', 'media_not_found'],
      [begun, 'media_not_ready'],
      [refused?.id, 'media_refused'],
      [avatar.id, 'invalid_request'],
    ];
    for (const [id, code] of outcomes) {
      const answer = await send(direct, image(own, id as string));
      expect([id, codeOf(answer)]).toEqual([id, code]);
      if (code !== 'media_refused') expect(answer.body.error.details.path).toBe('/content/media/1/mediaId');
    }
    expect(await latest(app, ann, direct)).toEqual(before);
  });

  test('once under a clientId, also when the file is gone meanwhile', async () => {
    const [id, other] = [await newImage(), await newImage()];
    const body = { ...image(id), clientId: 'once', text: 'Once' };
    const first = await send(direct, body);
    const again = { status: 200, body: { message: first.body.message, duplicate: true } };
    expect(await send(direct, body)).toMatchObject(again);
    await giveUp(app, ann, id);
    expect(await expectInSync(app, [ann, bob], () => send(direct, body))).toMatchObject(again);
    for (const wrong of [image(other), image(crypto.randomUUID()), image(id, id)]) {
      expect(codeOf(await send(direct, { ...body, ...wrong }))).toBe('client_id_conflict');
    }
    expect(codeOf(await send(direct, { ...body, clientId: 'twice' }))).toBe('media_not_found');
    expect(codeOf(await send(group, body))).toBe('media_not_found');
    await call('DELETE', pathOf(first.body.message));
    expect((await send(direct, body)).body).toMatchObject({
      duplicate: true,
      message: { text: '', seq: first.body.message.seq },
    });
    expect((await latest(app, ann, direct)).at(-1).seq).toBe(first.body.message.seq);
  });
});

describe('a file that messages show', () => {
  beforeEach(newPeople);

  test('is passed on by whoever sees it, and goes with the last message', async () => {
    const id = await newImage();
    const first = await say(app, ann, direct, { ...image(id), text: 'Mine' });
    const { message: second } = await expectInSync(app, [ann, bob, cy], () => forward(first, group, bob));
    expect(second).toMatchObject({ senderId: bob.id, forwardCount: 1, content: first.content });
    const last = await startDirect(app, cy, bob);
    const { message: third } = await forward(second, last, cy);
    await giveUp(app, ann, id);
    await expectInSync(app, [ann, bob], () => call('DELETE', pathOf(first)));
    passADay();
    expect(await isKept(app, id)).toBe(true);
    expect([await read(app, bob, id, direct), await read(app, cy, id, group)]).toEqual([404, 200]);
    // Also what its uploader has given up and shows no more goes on.
    const { message: fourth } = await forward(third, last, bob);
    expect(fourth.content).toEqual(first.content);
    await call('DELETE', pathOf(second), bob);
    await call('DELETE', pathOf(third), cy);
    expect([await read(app, cy, id, group), await read(app, cy, id, last)]).toEqual([404, 200]);
    await call('DELETE', pathOf(fourth), bob);
    expect(await usesOf(app, id)).toEqual([]);
    passADay();
    expect(await isKept(app, id)).toBe(false);
    expect([await read(app, ann, id), await read(app, cy, id, last)]).toEqual([404, 404]);
  });

  test('is gone for all when the message is deleted for everybody', async () => {
    const id = await newImage();
    const message = await say(app, ann, group, image(id));
    expect(await read(app, cy, id, group)).toBe(200);
    await expectInSync(app, [ann, bob, cy], () => call('DELETE', pathOf(message)));
    expect([await read(app, cy, id, group), await read(app, ann, id, group)]).toEqual([404, 404]);
    const [row] = await app.app.database.read((reader) =>
      reader.sql.selectFrom('messages').select(['content', 'deleted_at']).where('id', '=', message.id).execute(),
    );
    expect(row).toEqual({ content: null, deleted_at: expect.any(Date) });
    expect(await isKept(app, id)).toBe(true);
    passADay();
    expect(await isKept(app, id)).toBe(false);
    expect(await read(app, ann, id)).toBe(404);
  });

  test('is gone for me alone where I delete it for myself, or clear the conversation', async () => {
    const [hidden, cleared] = [await newImage(), await newImage()];
    const message = await say(app, ann, group, image(hidden));
    await expectInSync(app, [ann, bob, bob], () =>
      call('POST', `/conversations/${group}/messages/hidden`, bob, { messageIds: [message.id] }),
    );
    await say(app, ann, direct, image(cleared));
    await expectInSync(app, [ann, bob, bob], () => call('PUT', `/conversations/${direct}/cleared`, bob));
    for (const [id, where] of [
      [hidden, group],
      [cleared, direct],
    ] as const) {
      expect([await read(app, bob, id, where), await read(app, ann, id, where)]).toEqual([404, 200]);
      expect(await usesOf(app, id)).toHaveLength(1);
    }
    expect(await read(app, cy, hidden, group)).toBe(200);
    expect((await forward(message, direct, bob)).error.code).toBe('message_not_found');
  });

  test('stays when its caption is edited, or it is answered', async () => {
    const id = await newImage();
    const message = await say(app, ann, group, { ...image(id), text: 'Caption' });
    const edited = await expectInSync(app, [ann, cy], () => call('PATCH', pathOf(message), ann, { text: 'Better' }));
    expect(edited.body).toMatchObject({ text: 'Better', content: message.content });
    const reply = await say(app, cy, group, { ...image(await newImage(cy)), replyTo: message.id });
    expect(reply.replyTo.messageId).toBe(message.id);
    expect(await usesOf(app, id)).toHaveLength(1);
    expect((await call('PATCH', pathOf(message), ann, { text: '' })).body.text).toBe('');
  });

  test('goes with messages that vanish', async () => {
    await call('PUT', `/conversations/${direct}/disappearing`, ann, { seconds: 3_600 });
    const id = await newImage();
    const message = await say(app, ann, direct, image(id));
    expect(await read(app, bob, id, direct)).toBe(200);
    app.clock.advance(hour + 1);
    expect(await read(app, bob, id, direct)).toBe(404);
    await until('the message is empty', async () => (await usesOf(app, id)).length === 0);
    expect((await look(app, bob, message)).content).toBeUndefined();
    passADay();
    expect(await isKept(app, id)).toBe(false);
  });

  test('goes with messages that are too old', async () => {
    const [old, young] = [await newImage(), await newImage()];
    for (const id of [old, young]) await say(app, ann, direct, image(id));
    await say(app, ann, group, image(young));
    app.clock.advance(41 * day);
    await until('it is removed', async () => (await usesOf(app, old)).length === 0);
    await until('it is shown once', async () => (await usesOf(app, young)).length === 1);
    expect([await isKept(app, old), await isKept(app, young)]).toEqual([false, true]);
  });

  test('shares its bytes with files that are the same, and those outlive it', async () => {
    const bytes = await newPicture();
    const [mine, theirs] = [await uploaded(app, ann, bytes), await uploaded(app, bob, bytes)];
    const message = await say(app, ann, direct, image(mine.id));
    await say(app, bob, direct, image(theirs.id));
    await call('DELETE', pathOf(message));
    passADay();
    expect([await isKept(app, mine.id), await isKept(app, theirs.id)]).toEqual([false, true]);
    expect(await read(app, ann, theirs.id, direct)).toBe(200);
  });

  test('stays for the others when its uploader deletes the account; what nobody was shown goes', async () => {
    const [shown, unused] = [await newImage(), await newImage()];
    await say(app, ann, group, image(shown));
    await call('DELETE', '/me');
    app.clock.advance(hour);
    expect([await isKept(app, shown), await isKept(app, unused)]).toEqual([true, false]);
    expect([await read(app, cy, shown, group), await read(app, ann, shown, group)]).toEqual([200, 401]);
  });

  test('is in the export of whoever has brought it', async () => {
    const id = await newImage();
    const message = await say(app, ann, direct, image(id));
    const mine = (await call('GET', '/me/export')).body;
    expect(mine.media).toEqual([(await call('GET', `/media/${id}`)).body]);
    expect(mine.messages).toContainEqual(message);
    expect((await call('GET', '/me/export', bob)).body.media).toEqual([]);
  });
});

describe('a scheduled message', () => {
  beforeEach(newPeople);

  const later = (body: object, as = ann) => schedule(app, as, direct, { sendAt: inMinutes(app, 3 * 24 * 60), ...body });

  test('keeps its file until it is sent, whatever becomes of it', async () => {
    const id = await newImage();
    const { status, body } = await later({ ...image(id), text: 'Later' });
    expect(status).toBe(201);
    expect(body.content.media).toMatchObject([{ mediaId: id, mimeType: 'image/png', width: 64, fileName: 'sun.png' }]);
    await giveUp(app, ann, id);
    passADay();
    expect(await isKept(app, id)).toBe(true);
    expect(await read(app, bob, id, direct)).toBe(404);
    // What changes beside the file leaves it as it is.
    const edited = await call('PATCH', `/scheduled/${body.id}`, ann, { text: 'Edited' });
    expect(edited.body).toMatchObject({ text: 'Edited', content: body.content });
    await expectInSync(app, [ann, bob], async () => {
      app.clock.advance(2 * day);
      await until('it is sent', async () => (await latest(app, bob, direct)).length === 1);
    });
    await until('it is gone', async () => (await call('GET', '/scheduled')).body.items.length === 0);
    const [sent] = await latest(app, bob, direct);
    expect(sent).toMatchObject({ text: 'Edited', content: body.content });
    expect(await usesOf(app, id)).toEqual([{ holder_id: direct, seq: sent.seq }]);
    expect(await read(app, bob, id, direct)).toBe(200);
  });

  test('names what its author may send, also when it is changed; what it shows no more goes', async () => {
    const [first, second, sound] = [await newImage(), await newImage(), (await uploaded(app, ann, recording())).id];
    expect(codeOf(await later(image(await newImage(bob))))).toBe('media_not_found');
    expect(codeOf(await later(image(sound)))).toBe('invalid_request');
    const { body } = await later(image(first));
    const path = `/scheduled/${body.id}`;
    for (const [content, code] of [
      [showing(await newImage(bob)), 'media_not_found'],
      [showing(sound), 'invalid_request'],
      [{ media: [{ mediaId: first, width: 1 }] }, 'invalid_request'],
    ] as const) {
      expect(codeOf(await call('PATCH', path, ann, { content }))).toBe(code);
    }
    expect(codeOf(await call('PATCH', path, bob, { content: showing(second) }))).toBe('scheduled_not_found');
    expect(await usesOf(app, first)).toEqual([{ holder_id: body.id, seq: 0 }]);
    const changed = await call('PATCH', path, ann, { content: showing(second) });
    expect(changed.body.content.media).toMatchObject([{ mediaId: second, width: 64 }]);
    expect([await usesOf(app, first), (await usesOf(app, second)).length]).toEqual([[], 1]);
    passADay();
    expect([await isKept(app, first), await isKept(app, second)]).toEqual([false, true]);
    const sent = await call('POST', `${path}/sending`);
    expect(sent.body.message.content).toEqual(changed.body.content);
    const given = await later(image(await newImage()));
    const [{ mediaId }] = given.body.content.media;
    await call('DELETE', `/scheduled/${given.body.id}`);
    passADay();
    expect([await usesOf(app, mediaId), await isKept(app, mediaId)]).toEqual([[], false]);
  });
});
