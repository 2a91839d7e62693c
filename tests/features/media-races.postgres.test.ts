import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { temporaryDirectory } from '../harness/embedded-template.ts';
import { uploaded } from '../harness/media.ts';
import { codeOf, latest, pathOf, say } from '../harness/messages.ts';
import { type Answer, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { giveUp, isKept, newPicture, read, usesOf } from '../harness/shown-files.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

const hour = 3_600_000;
const rounds = 8;

/** Whatever two nodes do with a file at the same time: where a message shows it, it is there. */
describe('at once', () => {
  const blobs = temporaryDirectory();
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let nodes: [TestApp, TestApp];
  let ann: TestPerson;
  let bob: TestPerson;
  let cy: TestPerson;
  let direct: string;
  let other: string;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresTemplate'));
    const environment = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'the same key on all nodes, 0123456789',
      PARLEY_BLOB_DIR: blobs.path,
      PARLEY_DELETE_WINDOW_SECONDS: '0',
    };
    nodes = [await startTestApp(environment), await startTestApp(environment)];
    const tokens = 'opaque';
    const [on] = nodes;
    [ann, bob, cy] = [await signIn(on, { tokens }), await signIn(on, { tokens }), await signIn(on, { tokens })];
    [direct, other] = [await startDirect(on, ann, bob), await startDirect(on, bob, cy)];
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await database.drop();
    blobs.remove();
  });

  const newImage = async () => (await uploaded(nodes[0], ann, await newPicture())).id;
  const send = (node: TestApp, mediaId: string): Promise<Answer> =>
    rest(node, 'POST', `/conversations/${direct}/messages`, {
      token: ann.token,
      body: { kind: 'image', content: { media: [{ mediaId }] } },
    });
  const passADay = (): void => {
    for (const { clock } of nodes) clock.advance(25 * hour);
  };

  test('a file is sent and given up: it was sent and stays, or it goes', async () => {
    const sent: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const id = await newImage();
      const [answer, gone] = await Promise.all([send(nodes[0], id), giveUp(nodes[1], ann, id)]);
      expect(gone.status).toBe(204);
      expect(['201', 'media_not_found']).toContain(codeOf(answer));
      expect(await usesOf(nodes[0], id)).toHaveLength(answer.status === 201 ? 1 : 0);
      if (answer.status === 201) sent.push(id);
      expect(codeOf(await send(nodes[1], id))).toBe('media_not_found');
    }
    passADay();
    for (const id of sent)
      expect([await isKept(nodes[0], id), await read(nodes[0], bob, id, direct)]).toEqual([true, 200]);
  });

  test('a file is sent and collected: a message that was stored shows it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const ids = await Promise.all([0, 1, 2].map(newImage));
      passADay();
      const [, ...answers] = await Promise.all([
        nodes[1].app.media.collect(),
        ...ids.map((id, i) => send(nodes[i % 2] as TestApp, id)),
      ]);
      for (const [i, id] of ids.entries()) {
        const code = codeOf(answers[i] as Answer);
        expect(['201', 'media_not_found']).toContain(code);
        expect(await isKept(nodes[0], id)).toBe(code === '201');
        if (code === '201') expect(await read(nodes[1], bob, id, direct)).toBe(200);
      }
    }
  });

  test('a message is passed on twice and deleted, and the collector runs: each copy shows the file', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await newImage();
      const message = await say(nodes[0], ann, direct, { kind: 'image', content: { media: [{ mediaId: id }] } });
      passADay();
      const forward = (node: TestApp) =>
        rest(node, 'POST', `/conversations/${direct}/messages/forwards`, {
          token: bob.token,
          body: { messageIds: [message.id], to: [other] },
        });
      const [deleted, , ...answers] = await Promise.all([
        rest(nodes[0], 'DELETE', pathOf(message), { token: ann.token }),
        nodes[1].app.media.collect(),
        forward(nodes[0]),
        forward(nodes[1]),
      ]);
      expect(deleted.status).toBe(200);
      const outcomes = answers.map(({ body }) => body.items[0].results[0]);
      const copies = outcomes.filter(({ message: copy }) => copy);
      for (const { error } of outcomes) {
        if (error) expect(['message_deleted', 'media_not_found']).toContain(error.code);
      }
      expect(await usesOf(nodes[0], id)).toHaveLength(copies.length);
      expect(await isKept(nodes[0], id)).toBe(copies.length > 0 || (await isLeased(id)));
      for (const { message: copy } of copies) {
        expect(copy.content).toEqual(message.content);
        expect(await read(nodes[0], cy, id, other)).toBe(200);
      }
    }
    expect((await latest(nodes[0], ann, direct)).some(({ deletedAt }) => deletedAt)).toBe(true);
  });

  /** A forward that failed has kept it for a while all the same. */
  const isLeased = async (id: string): Promise<boolean> => {
    const now = new Date(nodes[0].clock.now());
    const rows = await nodes[0].app.database.read((reader) =>
      reader.sql.selectFrom('media').select('id').where('id', '=', id).where('keep_until', '>', now).execute(),
    );
    return rows.length > 0;
  };
});
