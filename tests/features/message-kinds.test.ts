import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectInSync } from '../harness/expect-in-sync.ts';
import { addMember, makeGroup } from '../harness/groups.ts';
import { codeOf, latest, look, pathOf, say } from '../harness/messages.ts';
import { rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
let bob: TestPerson;
let owner: TestPerson;
let direct: string;
let group: string;
beforeAll(async () => {
  app = await startTestApp();
  [ann, bob, owner] = [await signIn(app), await signIn(app), await signIn(app)];
  direct = await startDirect(app, ann, bob);
  group = await makeGroup(app, owner, [ann, bob]);
});
afterAll(() => app.close());

const send = (conversationId: string, body: object, as = ann) =>
  rest(app, 'POST', `/conversations/${conversationId}/messages`, { token: as.token, body });

const url = 'https://example.org/file';
const good: [string, string, object][] = [
  [
    'image',
    'with all',
    {
      media: [
        {
          url,
          mimeType: 'image/jpeg',
          fileName: 'a.jpg',
          size: 5,
          width: 1,
          height: 2,
          thumbnailUrl: url,
          blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
        },
      ],
    },
  ],
  ['image', 'several', { media: [{ url }, { url: '/files/2' }] }],
  ['video', 'with a length', { media: [{ url, durationSeconds: 12.5 }] }],
  ['audio', 'with its waveform', { media: [{ url, durationSeconds: 3, waveform: [0, 128, 255] }] }],
  ['document', 'with data of the client', { media: [{ url, fileName: 'a.pdf' }], custom: { pages: 3, ключ: null } }],
  ['sticker', '', { media: [{ url }] }],
  ['sticker', 'that the client knows', { media: [], custom: { sticker: 'cat' } }],
  ['location', '', { latitude: -41.29, longitude: 174.78, accuracyMetres: 5, name: 'Home', address: '1 Street' }],
  ['contact', '', { name: 'Cy', phones: ['+1 555 0100'], emails: ['cy@example.org'], photoUrl: url }],
  ['location', 'with data of the client', { latitude: 1, longitude: 2, custom: { live: true } }],
  ['link', 'with a preview', { url, title: 'Title', description: 'Description', imageUrl: url }],
];
const media = (item: object) => ({ media: [{ url, ...item }] });
const bad: [string, string, object | null | undefined][] = [
  ['image', 'no content', undefined],
  ['image', 'no file', { media: [] }],
  ['image', 'no file and no data', { media: [], custom: {} }],
  ['image', 'too many files', { media: Array.from({ length: 11 }, () => ({ url })) }],
  ['image', 'no URL', { media: [{}] }],
  ['image', 'a script for a URL', media({ url: 'javascript:alert(1)' })],
  ['image', 'data for a URL', media({ url: 'data:image/png;base64,AAAA' })],
  ['image', 'a blank in a URL', media({ url: 'https://example.org/a b' })],
  ['image', 'a negative size', media({ size: -1 })],
  ['image', 'half a pixel', media({ width: 1.5 })],
  ['image', 'something unknown', media({ extra: 1 })],
  ['image', 'another kind', { latitude: 1, longitude: 1 }],
  ['audio', 'too loud', media({ waveform: [256] })],
  ['audio', 'too long a waveform', media({ waveform: Array(257).fill(0) })],
  ['document', 'too much data', { ...media({}), custom: { a: 'x'.repeat(9_000) } }],
  ['document', 'NUL in data', { ...media({}), custom: { a: '\u0000' } }],
  ['location', 'beyond the pole', { latitude: 90.1, longitude: 0 }],
  ['location', 'half a place', { latitude: 1 }],
  ['contact', 'no name', { phones: [] }],
  ['contact', 'an empty name', { name: '', phones: [] }],
  ['link', 'a path', { url: '/here' }],
  ['link', 'a script', { url: 'javascript:alert(1)' }],
  ['text', 'content', { url }],
  ['text', 'too much data', { custom: { a: 'x'.repeat(9_000) } }],
  ['system', 'what only the server writes', { event: 'members.added' }],
  ['poll', 'an unknown kind', {}],
];

describe('a message of kind', () => {
  test.each(good)('%s %s is kept and shown as it was sent', async (kind, _what, content) => {
    const answer = await expectInSync(app, [ann, bob], () => send(direct, { kind, content }));
    expect(answer).toMatchObject({ status: 201, body: { message: { kind, text: '', content } } });
    expect(await look(app, bob, answer.body.message)).toEqual(answer.body.message);
    const captioned = await send(group, { kind, content, text: 'A caption' });
    expect(captioned.body.message).toMatchObject({ text: 'A caption', content });
    expect((await latest(app, bob, group)).at(-1)).toEqual(captioned.body.message);
  });

  test.each(bad)('%s is refused with %s', async (kind, _what, content) => {
    const answer = await send(direct, { kind, text: 'Text', content });
    expect(answer.status).toBe(400);
    expect(['invalid_request', 'invalid_text']).toContain(codeOf(answer));
    expect(answer.body.error.details.path).toMatch(/^\/(kind|content)/);
  });

  test('text with data of the client keeps it when it is edited', async () => {
    const content = { custom: { colour: 'red' } };
    const answer = await expectInSync(app, [ann, bob], () => send(direct, { text: 'Hi', content, clientId: 'custom' }));
    expect(answer).toMatchObject({ status: 201, body: { message: { kind: 'text', text: 'Hi', content } } });
    const { message } = answer.body;
    const edited = await rest(app, 'PATCH', pathOf(message), { token: ann.token, body: { text: 'Ho' } });
    expect(edited.body).toMatchObject({ text: 'Ho', content });
    expect(await look(app, bob, message)).toEqual(edited.body);
    const found = await rest(app, 'GET', `/messages/search?q=red&conversationId=${direct}`, { token: bob.token });
    expect(found.body.items).toEqual([]);
  });

  test('another under the same clientId is refused', async () => {
    const first = { kind: 'link', content: { url }, clientId: 'kind' };
    const sent = await send(direct, first);
    expect((await send(direct, first)).body).toEqual({ message: sent.body.message, duplicate: true });
    for (const other of [
      { ...first, content: { url: `${url}2` } },
      { kind: 'text', text: 'Text', clientId: 'kind' },
    ]) {
      expect(codeOf(await send(direct, other))).toBe('client_id_conflict');
    }
  });
});

describe('an answer', () => {
  test('names the message that it answers', async () => {
    const first = await say(app, ann, group, 'Question');
    const answer = await expectInSync(app, [ann, bob, owner], () =>
      send(group, { text: 'Answer', replyTo: first.id }, bob),
    );
    const replyTo = { messageId: first.id, seq: first.seq, senderId: ann.id };
    expect(answer.body.message).toMatchObject({ text: 'Answer', replyTo });
    expect(await look(app, owner, answer.body.message)).toEqual(answer.body.message);
    // It stays an answer when the question is gone.
    await rest(app, 'DELETE', pathOf(first), { token: ann.token });
    expect((await look(app, owner, answer.body.message)).replyTo).toEqual(replyTo);
  });

  test('is to a message that is there, in the same conversation, and that its writer may see', async () => {
    const [here, there] = [await say(app, ann, group, 'Here'), await say(app, ann, direct, 'There')];
    const late = await signIn(app);
    await addMember(app, group, late, { historyFrom: here.seq });
    const refused = [
      await send(group, { text: 'To', replyTo: there.id }),
      await send(group, { text: 'To', replyTo: 'no-id' }),
      await send(group, { text: 'To', replyTo: here.id }, late),
    ];
    expect(refused.map(codeOf)).toEqual(['message_not_found', 'message_not_found', 'message_not_found']);
  });
});

describe('a mention', () => {
  test('names members at places in the text', async () => {
    const mentions = [
      { personId: bob.id, start: 0, length: 4 },
      { personId: owner.id, start: 8, length: 6 },
    ];
    const text = '@Bob 🐎 @Owner';
    const sent = await expectInSync(app, [ann, bob, owner], () => send(group, { text, mentions }));
    expect(sent.body.message.mentions).toEqual(mentions);
    expect(await look(app, bob, sent.body.message)).toEqual(sent.body.message);
  });

  test.each([
    ['beyond the text', { start: 3, length: 2 }],
    ['of nothing', { start: 0, length: 0 }],
    ['before the text', { start: -1, length: 1 }],
    ['of half a letter', { start: 0, length: 0.5 }],
    ['of no id', { personId: 'no-id', start: 0, length: 1 }],
  ])('%s is refused', async (_what, mention) => {
    const answer = await send(group, { text: '@Bob', mentions: [{ personId: bob.id, ...mention }] });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(answer.body.error.details.path).toMatch(/^\/mentions\/0/);
  });

  test('of who is not in the conversation is refused, as are more than fifty', async () => {
    const stranger = await signIn(app);
    const mention = { personId: stranger.id, start: 0, length: 1 };
    expect(codeOf(await send(group, { text: 'Who?', mentions: [mention] }))).toBe('invalid_request');
    const many = Array.from({ length: 51 }, () => ({ ...mention, personId: bob.id }));
    expect(codeOf(await send(group, { text: 'Bob!', mentions: many }))).toBe('invalid_request');
    expect((await send(group, { text: 'Bob!', mentions: many.slice(1) })).status).toBe(201);
  });
});
