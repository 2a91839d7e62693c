import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConvospaceClient, good, refusal } from '../../harness/convospace.ts';
import { picture, upload } from '../../harness/media.ts';
import { rest, type TestPerson } from '../../harness/people.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { newClient } from './people.ts';

let app: TestApp;
let mira: ConvospaceClient;
let teo: ConvospaceClient;
/** Their conversation. */
let id: number;
beforeAll(async () => {
  app = await startTestApp();
  mira = await newClient(app, 'Mira Holt');
  teo = await newClient(app, 'Teo Brandt');
  ({ id } = await mira.talkTo(teo));
});
afterAll(() => app.close());

/** Their session is as good at the native door, where files are uploaded. */
const native = (of: ConvospaceClient) => ({ token: of.token }) as TestPerson;
const send = (media_url: string, more: object = {}) =>
  mira.post('/messages/send', { conversation_id: id, receiver_id: teo.id, message_type: 'image', media_url, ...more });

test('a file that was uploaded here is sent by its address, and fetched without credentials by who was shown it', async () => {
  const bytes = await picture();
  const { body: file } = await upload(app, native(mira), bytes, { fileName: 'sea.png' });
  const { data } = good(await send(`${app.url}/v1/media/${file.id}/original`, { file_name: 'ignored', file_size: 1 }));
  expect(data).toMatchObject({ message_type: 'image', file_name: 'sea.png', file_size: file.size });
  const [seen] = await teo.read(`/messages/${id}`);
  expect(seen.media_url).toMatch(new RegExp(`^${app.url}/convospace/uploads/[\\w-]+\\.png$`));
  const fetched = await fetch(seen.media_url);
  expect(fetched.headers.get('content-type')).toBe('image/png');
  expect((await fetched.arrayBuffer()).byteLength).toBe(file.size);

  // Who was shown it may send it on by the same address.
  const on = { conversation_id: id, receiver_id: mira.id, message_type: 'image', media_url: seen.media_url };
  expect(good(await teo.post('/messages/send', on)).data.media_url).toBe(seen.media_url);

  for (const message of await mira.read(`/messages/${id}`)) {
    await (message.sender_id === mira.id ? mira : teo).delete(`/messages/${message.id}`);
  }
  // For a day it may still be about to be sent.
  app.clock.advance(2 * 24 * 3_600_000);
  expect((await fetch(seen.media_url)).status).toBe(404);
});

test('a file of somebody else is not to be had by sending its address', async () => {
  const { body: file } = await upload(app, native(teo), await picture({ colour: '#ff0000' }));
  const { media_url } = good(await send(`/v1/media/${file.id}/original`)).data;
  expect(media_url).toBe(`${app.url}/v1/media/${file.id}/original`);
  const headers = { authorization: `Bearer ${mira.token}` };
  expect((await fetch(media_url, { headers })).status).toBeGreaterThanOrEqual(400);
});

test('an address elsewhere that looks like one of a file here stays what it is', async () => {
  const url = 'https://example.org/v1/media/01900000-0000-7000-8000-000000000000/original';
  expect(good(await send(url)).data.media_url).toBe(url);
});

test('a photo that was uploaded is shown at an address of this door', async () => {
  const { body: file } = await upload(app, native(mira), await picture({ colour: '#00ff00' }), { purpose: 'avatar' });
  await rest(app, 'PATCH', '/me', { token: mira.token ?? '', body: { photoMediaId: file.id } });
  const shown = await mira.read('/user/profile');
  expect(shown.avatar_url).toBe(shown.profile_picture);
  expect(shown.profile_picture).toMatch(new RegExp(`^${app.url}/convospace/uploads/[\\w-]{32}$`));
  expect((await fetch(shown.profile_picture)).headers.get('content-type')).toMatch(/^image\//);
  const [conversation] = await teo.read('/conversations');
  expect(conversation.userOne.profile_picture).toBe(shown.profile_picture);
  // As a client sends back what it was shown.
  const { profile_picture } = shown;
  expect((await mira.put('/user/profile', { profile_picture, bio: 'x' })).body.data).toMatchObject({ profile_picture });
});

test.each(['nothing', '..%2f..%2fetc%2fpasswd', 'A'.repeat(32), `${'A'.repeat(44)}.png`])(
  'nothing is called %s',
  async (name) => {
    const answer = await fetch(`${app.url}/convospace/uploads/${name}`);
    expect([answer.status, await answer.json()]).toEqual([404, refusal(404, 'File not found').body]);
  },
);
