import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchAs, uploaded } from '../harness/media.ts';
import { codeOf, pathOf, say, type WireMessage } from '../harness/messages.ts';
import { rest, signIn, signInAdmin, startDirect, type TestPerson } from '../harness/people.ts';
import { giveUp, isKept, newPicture, read, usesOf } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const minute = 60_000;

let app: TestApp;
let admin: TestPerson;
let ann: TestPerson;
let eve: TestPerson;
let direct: string;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  admin = await signInAdmin(app);
  [ann, eve] = [await signIn(app), await signIn(app)];
  direct = await startDirect(app, ann, eve);
});
afterAll(() => app.close());

const sendPicture = async (bytes?: Buffer): Promise<{ mediaId: string; message: WireMessage }> => {
  const { id: mediaId } = await uploaded(app, eve, bytes ?? (await newPicture()));
  return { mediaId, message: await say(app, eve, direct, { kind: 'image', content: { media: [{ mediaId }] } }) };
};
const report = async (by: TestPerson, message: WireMessage): Promise<string> => {
  const body = { reason: 'illegal', conversationId: direct, messageId: message.id };
  return (await rest(app, 'POST', '/reports', { token: by.token, body })).body.id;
};
const deleteForAll = async (message: WireMessage) => {
  const answer = await rest(app, 'DELETE', pathOf(message), { token: eve.token });
  expect(answer.status).toBeLessThan(300);
};
const openReport = async (id: string, as = admin) =>
  (await rest(app, 'GET', `/admin/reports/${id}`, { token: as.token })).body;
const close = (id: string) =>
  rest(app, 'POST', `/admin/reports/${id}/resolution`, { token: admin.token, body: { outcome: 'other' } });
const statusOf = async (url: string): Promise<number> => {
  const answer = await fetchAs(app, null, url);
  await answer.arrayBuffer();
  return answer.status;
};

describe('a file of a message that is reported', () => {
  test('is there for admins while the report is open, though it was deleted for everybody, and then goes', async () => {
    const bytes = await newPicture();
    const { mediaId, message } = await sendPicture(bytes);
    const id = await report(ann, message);
    await deleteForAll(message);
    await giveUp(app, eve, mediaId);
    app.clock.advance(6 * minute);
    expect(await isKept(app, mediaId)).toBe(true);
    expect(await usesOf(app, mediaId)).toEqual([{ holder_id: id, seq: 0 }]);

    const { files, message: shown } = await openReport(id);
    expect(shown.content.media[0].mediaId).toBe(mediaId);
    expect(files).toEqual([
      {
        mediaId,
        url: expect.stringContaining(`/v1/media/${mediaId}/content?`),
        thumbnailUrl: expect.stringContaining(`/v1/media/${mediaId}/thumbnail?`),
        expiresAt: expect.any(String),
      },
    ]);
    const answer = await fetchAs(app, null, files[0].url);
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([200, bytes]);
    expect(await statusOf(files[0].thumbnailUrl)).toBe(200);

    expect((await close(id)).status).toBe(200);
    expect(await statusOf(files[0].url)).toBe(404);
    expect((await openReport(id)).files).toEqual([]);
    expect(await isKept(app, mediaId)).toBe(false);
  });

  test('is for nobody else: not for who reported it, nor by a link that was changed', async () => {
    const { mediaId, message } = await sendPicture();
    const id = await report(ann, message);
    const other = await say(app, ann, direct, 'Something else');
    const otherReport = await rest(app, 'POST', '/reports', {
      token: eve.token,
      body: { reason: 'spam', conversationId: direct, messageId: other.id },
    });
    await deleteForAll(message);
    for (const person of [ann, eve]) {
      expect(await read(app, person, mediaId, direct)).toBe(404);
      expect((await openReport(id, person)).error.code).toBe('forbidden');
    }
    const [{ url }] = (await openReport(id)).files;
    const changes = [
      (link: URL) => link.searchParams.set('as', ann.id),
      (link: URL) => link.searchParams.set('reportId', otherReport.body.id),
      (link: URL) => link.searchParams.delete('reportId'),
      (link: URL) => link.searchParams.set('conversationId', direct),
    ];
    for (const change of changes) {
      const link = new URL(url, app.url);
      change(link);
      expect(await statusOf(`${link.pathname}${link.search}`)).toBe(404);
    }
    // Without a signature, a report opens nothing, for admins neither: what they read is recorded with the report.
    const answer = await rest(app, 'GET', `/media/${mediaId}/content?reportId=${id}`, { token: admin.token });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(await read(app, admin, mediaId)).toBe(404);
  });

  test('is read by an admin for as long as they are one', async () => {
    const { message } = await sendPicture();
    const id = await report(ann, message);
    const [{ url }] = (await openReport(id)).files;
    expect(await statusOf(url)).toBe(200);
    const setRole = (role: 'admin' | 'user') =>
      app.app.database.write((unit) =>
        unit.sql.updateTable('people').set({ role }).where('id', '=', admin.id).execute(),
      );
    await setRole('user');
    expect(await statusOf(url)).toBe(404);
    await setRole('admin');
    expect(await statusOf(url)).toBe(200);
  });

  test('is kept by each of two reports, and by the message', async () => {
    const { mediaId, message } = await sendPicture();
    const [mine, other] = [await report(ann, message), await signIn(app)];
    expect(await report(ann, message)).toBe(mine);
    expect(await usesOf(app, mediaId)).toHaveLength(2);
    const copied = await startDirect(app, eve, other);
    await say(app, eve, copied, { kind: 'image', content: { media: [{ mediaId }] } });
    await close(mine);
    await deleteForAll(message);
    await giveUp(app, eve, mediaId);
    app.clock.advance(6 * minute);
    expect(await isKept(app, mediaId)).toBe(true);
    expect(await usesOf(app, mediaId)).toHaveLength(1);
  });

  test('may have gone before the report, which is stored all the same', async () => {
    const { mediaId, message } = await sendPicture();
    await app.app.database.write((unit) =>
      unit.prepared({ name: '', text: 'delete from media_uses where media_id = $1' }, [mediaId]),
    );
    await giveUp(app, eve, mediaId);
    app.clock.advance(6 * minute);
    expect(await isKept(app, mediaId)).toBe(false);
    expect((await openReport(await report(ann, message))).files).toEqual([]);
  });
});
