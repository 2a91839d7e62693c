import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgetSearchBlocks } from '../../src/engine/messages/index.ts';
import { connect, rest, signIn, startDirect, type TestPerson } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';

let app: TestApp;
let ann: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  ann = await signIn(app, { name: 'Ann' });
});
afterAll(() => app.close());

type Query = Record<string, string | number>;

const ask = (query: Query, as = ann) =>
  rest(app, 'GET', `/messages/search?${new URLSearchParams(query as Record<string, string>)}`, { token: as.token });

/** The texts that all pages of a search bring, in their order. */
async function find(query: Query, as = ann): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await ask({ ...query, ...(cursor && { cursor }) }, as);
    expect({ status, body }).toMatchObject({ status: 200 });
    found.push(...body.items.map((item: { message: { text: string } }) => item.message.text));
    cursor = body.next;
  }
  return found;
}

/** Sends texts to a conversation in their order. */
async function say(conversationId: string, texts: readonly string[], as = ann): Promise<void> {
  const device = await connect(app, as.token, { sync: false });
  await Promise.all(texts.map((text) => device.command('messages.send', { conversationId, text })));
  device.close();
}

/** As who changes what messages say has to call it. */
const forget = (conversationId: string, seqs: number[]) =>
  app.app.database.write((unit) => forgetSearchBlocks(unit, conversationId, seqs));

describe('a text', () => {
  const texts = [
    'Wir suchen Ferienwohnungen am Bodensee',
    'Die Wohnung ist klein',
    'STRASSE UND ÉCOLE',
    '100% sure',
    '100 percent',
    'snake_case',
    'snakeXcase',
    'C:\\temp',
    '王小明今天來吃飯',
    '今日は東京タワーに行きました',
    'ฉันรักภาษาไทยมาก',
    'ຂ້ອຍຮັກພາສາລາວ',
    'ខ្ញុំចូលចិត្តភាសាខ្មែរ',
    'မြန်မာစာ',
    '안녕하세요 여러분',
    'Привет, Мир',
    'Party 🎉🎊 tonight',
    'x 𠮷野家 y',
    'ﬁnancial ＦＵＬＬ width',
    'cafe\u0301 au lait',
    'line one\nline two\tend',
    'a',
    `${'lorem '.repeat(1_600)}needle`,
    `${'x'.repeat(9_000)}haystackend`,
  ];
  let id: string;
  beforeAll(async () => {
    id = await startDirect(app, ann, await signIn(app));
    await say(id, texts);
  });

  test.each([
    ['part of a word', 'wohn', [1, 0]],
    ['the end of a word', 'ungen', [0]],
    ['capital letters', 'FERIENWOHN', [0]],
    ['small letters for capitals', 'école', [2]],
    ['an accent that is not there', 'ecole', []],
    ['several words', 'bodensee wir', [0]],
    ['several words, one of which is missing', 'bodensee klein', []],
    ['the same word twice', 'klein klein', [1]],
    ['blanks around', '  klein  ', [1]],
    ['a percent sign', '100%', [3]],
    ['a percent sign alone', '%', [3]],
    ['an underscore', 'snake_case', [5]],
    ['an underscore alone', '_', [5]],
    ['a backslash', '\\', [7]],
    ['a backslash and a word', ':\\te', [7]],
    ['two characters inside a word', 'ee', [22, 0]],
    ['one character inside a word', 'ü', []],
    ['Chinese, one character', '飯', [8]],
    ['Chinese, two characters', '小明', [8]],
    ['Chinese, more', '今天來', [8]],
    ['Chinese, not in this order', '明小', []],
    ['Japanese', '東京', [9]],
    ['Katakana', 'タワー', [9]],
    ['Thai', 'ภาษา', [10]],
    ['Lao', 'ພາສາ', [11]],
    ['Khmer', 'ភាសា', [12]],
    ['Burmese', 'မြန်', [13]],
    ['Korean', '하세', [14]],
    ['Cyrillic', 'МИР', [15]],
    ['an emoji', '🎊', [16]],
    ['two emoji', '🎉🎊', [16]],
    ['two emoji, not in this order', '🎊🎉', []],
    ['a character beyond the basic plane', '𠮷', [17]],
    ['a ligature', 'financial', [18]],
    ['full-width letters', 'full', [18]],
    ['an accent composed otherwise', 'caf\u00e9', [19]],
    ['words on both sides of a line break', 'one line', [20]],
    ['words of both lines', 'one two end', [20]],
    ['the end of a long text', 'needle', [22]],
    ['the end of a very long word', 'haystackend', [23]],
    ['a long word that is too long by one', `${'x'.repeat(150)}y`, []],
    ['what nobody wrote', 'zebra', []],
  ])('is found by %s', async (_what, q, expected) => {
    const places = async (query: Query) => (await find(query)).map((text) => texts.indexOf(text));
    expect(await places({ q, conversationId: id })).toEqual(expected);
    // The second time, signatures tell where to look.
    expect(await places({ q, conversationId: id })).toEqual(expected);
    expect(await places({ q })).toEqual(expected);
  });

  test('comes as its message, with its conversation', async () => {
    const { body } = await ask({ q: 'ferienwohnungen' });
    expect(body).toMatchObject({
      items: [{ conversationId: id, message: { conversationId: id, seq: 1, text: texts[0], senderId: ann.id } }],
      next: null,
    });
    const device = await connect(app, ann.token);
    expect(await device.command('messages.search', { q: 'ferienwohnungen' })).toEqual(body);
    device.close();
  });
});

describe('what a message has beside its text', () => {
  const custom = { note: 'customword' };
  const waveform = Array.from({ length: 256 }, () => 255);
  const messages = [
    {
      kind: 'document',
      text: 'the caption',
      content: {
        media: [{ url: '/files/urlword', fileName: 'Quarterly Réport.pdf', mimeType: 'application/pdf' }],
        custom,
      },
    },
    { kind: 'image', text: '', content: { media: [{ url: '/files/1' }, { url: '/files/2', fileName: 'sunset.jpg' }] } },
    { kind: 'audio', text: '', content: { media: [{ url: '/files/3', fileName: 'memo.ogg', waveform }] } },
    { kind: 'video', text: '', content: { media: [{ url: '/files/4', fileName: 'clip.mp4' }] } },
    { kind: 'sticker', text: '', content: { media: [{ url: '/files/5', fileName: 'wave.webp' }] } },
    {
      kind: 'location',
      text: '',
      content: { latitude: 52.5, longitude: 13.4, name: 'Café Morgen', address: 'Lindenweg 7' },
    },
    { kind: 'location', text: 'unnamed', content: { latitude: 1, longitude: 2 } },
    { kind: 'contact', text: '', content: { name: 'Zoë Quist', phones: ['+1 (555) 012-3456', '555 0199'] } },
    {
      kind: 'link',
      text: 'look',
      content: { url: 'https://example.org/Recipes?id=9', title: 'Soups', description: 'All about broth' },
    },
    { kind: 'text', text: 'only text' },
  ];
  let bob: TestPerson;
  let id: string;
  beforeAll(async () => {
    bob = await signIn(app);
    id = await startDirect(app, bob, await signIn(app));
    const device = await connect(app, bob.token, { sync: false });
    for (const message of messages) await device.command('messages.send', { conversationId: id, ...message });
    device.close();
  });

  async function places(query: Query): Promise<number[]> {
    const { status, body } = await ask(query, bob);
    expect({ status, body }).toMatchObject({ status: 200, body: { next: null } });
    return body.items.map((item: { message: { seq: number } }) => item.message.seq - 1);
  }

  test.each([
    ['the name of a file', { q: 'quarterly' }, [0]],
    ['the end of such a name', { q: 'ÉPORT.PDF' }, [0]],
    ['a caption and the name of the file', { q: 'caption report.pdf réport' }, []],
    ['a word of the caption and one of the name', { q: 'caption réport.pdf' }, [0]],
    ['the name of a second file', { q: 'sunset' }, [1]],
    ['the name of a voice note', { q: 'memo.ogg' }, [2]],
    ['the name of a video', { q: 'clip.mp' }, [3]],
    ['the name of a sticker', { q: 'wave.webp' }, [4]],
    ['the name of a place', { q: 'café' }, [5]],
    ['an address', { q: 'lindenweg 7' }, [5]],
    ['the text of a place without a name', { q: 'unnamed' }, [6]],
    ['the name of a contact', { q: 'quist' }, [7]],
    ['a phone number as it is written', { q: '(555) 012-3456' }, [7]],
    ['the digits of a phone number', { q: '+15550123456' }, [7]],
    ['the last digits', { q: '5550199' }, [7]],
    ['digits over two numbers', { q: '34565550199' }, []],
    ['the title of a link', { q: 'soups' }, [8]],
    ['the description of a link', { q: 'broth' }, [8]],
    ['the url of a link', { q: 'example.org/recipes?id' }, [8]],
    ['a kind and a word', { q: 'e', kind: 'location' }, [6, 5]],
    ['a word over the parts of a message', { q: 'lookhttps' }, []],
    ['the url of a file', { q: 'urlword' }, []],
    ['the media type of a file', { q: 'application' }, []],
    ['what the client added', { q: 'customword' }, []],
    ['numbers of a waveform', { q: '255' }, []],
  ] as const)('%s', async (_what, query, expected) => {
    expect(await places(query)).toEqual(expected);
    expect(await places({ ...query, conversationId: id })).toEqual(expected);
  });

  test('what has happened is found by its value, by who asks for the kind system', async () => {
    await app.app.database.write(({ sql }) =>
      sql
        .updateTable('messages')
        .set({ kind: 'system', text: '', content: { event: 'title.changed', value: 'Fishing Crew' } })
        .where('conversation_id', '=', id)
        .where('seq', '=', 10)
        .execute(),
    );
    await forget(id, [10]);
    expect(await places({ q: 'fishing', kind: 'system' })).toEqual([9]);
    expect(await places({ q: 'fishing' })).toEqual([]);
    expect(await places({ q: 'title.changed', kind: 'system' })).toEqual([]);
  });

  test('a content that is gone leaves the message to its text', async () => {
    const change = (content: null | { media: { url: string; fileName: string }[] }) =>
      app.app.database.write(({ sql }) =>
        sql.updateTable('messages').set({ content }).where('conversation_id', '=', id).where('seq', '=', 1).execute(),
      );
    const media = [{ url: '/files/1', fileName: 'again.pdf' }];
    for (const [content, found] of [
      [null, []],
      [{ media }, [0]],
    ] as const) {
      await change(content && { media });
      await forget(id, [1]);
      expect(await places({ q: 'caption' })).toEqual([0]);
      expect(await places({ q: 'again.pdf' })).toEqual(found);
    }
  });

  test('signatures that say nothing of content count as missing', async () => {
    const conversationId = await startDirect(app, bob, await signIn(app));
    const device = await connect(app, bob.token, { sync: false });
    const content = { media: [{ url: '/files/1', fileName: 'lostword.pdf' }] };
    await device.command('messages.send', { conversationId, kind: 'document', text: '', content });
    device.close();
    await say(
      conversationId,
      Array.from({ length: 130 }, (_, n) => `filler ${n}`),
      bob,
    );
    const query = { q: 'lostword', conversationId };
    const stored = () =>
      app.app.database.read(({ sql }) =>
        sql
          .selectFrom('search_blocks')
          .select(['block', 'upto', 'signature'])
          .where('conversation_id', '=', conversationId)
          .where('block', '=', 0)
          .execute(),
      );
    // Of before there was a byte for the way, also one that looks like it; and of another way.
    for (const [size, last] of [
      [32, 0],
      [32, 1],
      [33, 0],
      [33, 255],
    ] as const) {
      const signature = Buffer.alloc(size);
      signature[size - 1] = last;
      await app.app.database.write(({ sql }) =>
        sql
          .insertInto('search_blocks')
          .values({ conversation_id: conversationId, block: 0, upto: 127, signature })
          .onConflict((conflict) =>
            conflict.columns(['conversation_id', 'block']).doUpdateSet({ upto: 127, signature }),
          )
          .execute(),
      );
      expect(await places(query)).toEqual([0]);
      const [row] = await stored();
      expect(row).toMatchObject({ upto: 127 });
      expect(row?.signature.equals(signature)).toBe(false);
      expect(await places(query)).toEqual([0]);
    }
  });
});

describe('who', () => {
  let bob: TestPerson;
  let id: string;
  beforeAll(async () => {
    bob = await signIn(app);
    id = await startDirect(app, ann, bob);
    await say(id, ['A secretword of Ann']);
    await say(id, ['A secretword of Bob'], bob);
  });

  test('both find what both wrote, and a stranger nothing', async () => {
    const stranger = await signIn(app);
    for (const person of [ann, bob]) {
      expect(await find({ q: 'secretword' }, person)).toEqual(['A secretword of Bob', 'A secretword of Ann']);
    }
    expect(await find({ q: 'secretword' }, stranger)).toEqual([]);
    expect(await find({ senderId: ann.id }, stranger)).toEqual([]);
    for (const conversationId of [id, 'no-id', '00000000-0000-7000-8000-000000000000']) {
      expect(await ask({ q: 'secretword', conversationId }, stranger)).toMatchObject({
        status: 404,
        body: { error: { code: 'conversation_not_found' } },
      });
    }
  });

  test('who has left finds nothing more, not even by a cursor from before', async () => {
    const carol = await signIn(app);
    const dave = await signIn(app);
    const conversationId = await startDirect(app, carol, dave);
    await say(conversationId, ['leftword 1', 'leftword 2'], carol);
    const first = await ask({ q: 'leftword', limit: 1 }, dave);
    const here = await ask({ q: 'leftword', conversationId, limit: 1 }, dave);
    await app.app.database.write(({ sql }) =>
      sql.updateTable('members').set({ left_at: new Date() }).where('person_id', '=', dave.id).execute(),
    );
    expect(first.body.next).not.toBeNull();
    expect((await ask({ q: 'leftword', cursor: first.body.next }, dave)).body).toEqual({ items: [], next: null });
    expect(await ask({ q: 'leftword', conversationId, cursor: here.body.next }, dave)).toMatchObject({ status: 404 });
    expect(await find({ q: 'leftword' }, carol)).toEqual(['leftword 2', 'leftword 1']);
  });

  test('a sender', async () => {
    expect(await find({ q: 'secretword', senderId: bob.id })).toEqual(['A secretword of Bob']);
    expect(await find({ senderId: bob.id })).toEqual(['A secretword of Bob']);
    expect(await find({ q: 'secretword', senderId: 'no-id' })).toEqual([]);
  });
});

describe('what I may not see', () => {
  let bob: TestPerson;
  let id: string;
  beforeAll(async () => {
    bob = await signIn(app);
    id = await startDirect(app, ann, bob);
    await say(id, ['whale 1', 'whale 2', 'whale 3'], bob);
  });
  const run = (text: string, values: unknown[]) => app.app.database.autocommit({ name: text, text }, values);
  const both = ['whale 3', 'whale 1'];

  // Each makes "whale 2" vanish, or all up to it, and says who finds what then.
  test.each([
    [
      'deleted for me',
      'with mark as (insert into message_marks (person_id, conversation_id, seq, hidden, version) values ($2, $1, 2, true, 1)) update members set marks = 1 where conversation_id = $1 and person_id = $2',
      'with mark as (delete from message_marks where conversation_id = $1) update members set marks = 0 where conversation_id = $1 and person_id = $2',
      true,
      { ann: both, bob: ['whale 3', 'whale 2', 'whale 1'] },
    ],
    [
      'deleted for everybody',
      'update messages set deleted_at = now() where conversation_id = $1 and seq = 2',
      'update messages set deleted_at = null where conversation_id = $1',
      false,
      { ann: both, bob: both },
    ],
    [
      'sent before I came',
      'update members set history_from = 2 where conversation_id = $1 and person_id = $2',
      'update members set history_from = 0 where conversation_id = $1 and person_id = $2',
      true,
      { ann: ['whale 3'], bob: ['whale 3', 'whale 2', 'whale 1'] },
    ],
    [
      'removed by retention',
      'update conversations set history_from = 2 where id = $1',
      'update conversations set history_from = 0 where id = $1',
      false,
      { ann: ['whale 3'], bob: ['whale 3'] },
    ],
    [
      'of a conversation that I deleted',
      'update members set hidden_seq = 3 where conversation_id = $1 and person_id = $2',
      'update members set hidden_seq = null where conversation_id = $1 and person_id = $2',
      true,
      { ann: [], bob: ['whale 3', 'whale 2', 'whale 1'] },
    ],
    // The last: the server may sweep it at any moment, and then it is gone for good.
    [
      'vanished, though nobody has swept yet',
      "update messages set expires_at = '2020-01-01Z' where conversation_id = $1 and seq = 2",
      'update messages set expires_at = null where conversation_id = $1',
      false,
      { ann: both, bob: both },
    ],
  ])('%s', async (_what, make, undo, forAnn, expected) => {
    const values = forAnn ? [id, ann.id] : [id];
    await run(make, values);
    for (const [person, texts] of [
      [ann, expected.ann],
      [bob, expected.bob],
    ] as const) {
      expect(await find({ q: 'whale' }, person)).toEqual(texts);
      expect(await find({ q: 'whale', conversationId: id }, person)).toEqual(texts);
      expect(await find({ senderId: bob.id, conversationId: id }, person)).toEqual(texts);
    }
    await run(undo, values);
  });
});

describe('a kind', () => {
  let bob: TestPerson;
  const ids: string[] = [];
  beforeAll(async () => {
    bob = await signIn(app);
    const device = await connect(app, bob.token, { sync: false });
    for (let c = 0; c < 3; c += 1) {
      const conversationId = await startDirect(app, bob, await signIn(app));
      ids.push(conversationId);
      for (let n = 0; n < 40; n += 1) {
        const content = { media: [{ url: `/files/${n}` }] };
        const image = { conversationId, kind: 'image', text: `picture ${c}.${n}`, content };
        await device.command('messages.send', n % 2 ? { conversationId, text: `word ${c}.${n}` } : image);
        app.clock.advance(10);
      }
    }
    device.close();
  });
  const pictures = (c: number) => Array.from({ length: 20 }, (_, n) => `picture ${c}.${38 - 2 * n}`);
  const all = [...pictures(2), ...pictures(1), ...pictures(0)];

  test.each([
    ['of one conversation', { kind: 'image' }, pictures(0), true],
    ['of one conversation, in small pages', { kind: 'image', limit: 3 }, pictures(0), true],
    ['of all', { kind: 'image', limit: 7 }, all, false],
    ['with a word of the caption', { kind: 'image', q: 'ture 1.' }, pictures(1), false],
    ['that is not there', { kind: 'video' }, [], false],
  ] as const)('%s', async (_what, query, expected, one) => {
    const conversationId = ids[0] as string;
    expect(await find(one ? { ...query, conversationId } : query, bob)).toEqual(expected);
  });

  test('of text only', async () => {
    const found = await find({ kind: 'text', limit: 50 }, bob);
    expect(found).toHaveLength(60);
    expect(found.every((text) => text.startsWith('word'))).toBe(true);
  });
});

describe('a long history', () => {
  const total = 700;
  const times: string[] = [];
  let bob: TestPerson;
  let ids: string[];
  /** All texts, the newest first. */
  const all: { text: string; conversation: number; at: string }[] = [];
  beforeAll(async () => {
    bob = await signIn(app, { name: 'Bob' });
    ids = [];
    for (let i = 0; i < 12; i += 1) ids.push(await startDirect(app, bob, await signIn(app)));
    const device = await connect(app, bob.token, { sync: false });
    for (let n = 0; n < total; n += 20) {
      app.clock.advance(15_000);
      const sent = Array.from({ length: 20 }, (_, i) => n + i).map(async (one) => {
        // Two thirds in the first conversation, which so has several blocks.
        const conversation = one % 3 === 0 ? 1 + ((one / 3) % 11) : 0;
        const text = `entry ${one} ${one % 50 === 0 ? 'rareword' : 'common'}`;
        const { message } = await device.command('messages.send', { conversationId: ids[conversation], text });
        return { text, conversation, at: message.createdAt as string, id: message.conversationId, seq: message.seq };
      });
      const batch = await Promise.all(sent);
      batch.sort((a, b) =>
        a.at !== b.at ? (a.at < b.at ? 1 : -1) : a.id !== b.id ? (a.id < b.id ? 1 : -1) : b.seq - a.seq,
      );
      all.unshift(...batch);
      times.push(batch[0]?.at ?? '');
    }
    device.close();
  });
  const texts = (rows: typeof all): string[] => rows.map(({ text }) => text);

  test.each([
    ['a frequent word, in large pages', { q: 'entry', limit: 50 }, () => true],
    ['a frequent word, in small pages', { q: 'common', limit: 7 }, (t: string) => t.includes('common')],
    ['a rare word', { q: 'rareword', limit: 3 }, (t: string) => t.includes('rareword')],
    ['two characters', { q: '9 r', limit: 3 }, (t: string) => t.includes('9') && t.includes('r')],
  ] as const)('pages without loss or doubling, in order: %s', async (_what, query, wanted) => {
    const expected = all.filter(({ text }) => wanted(text));
    expect(await find(query, bob)).toEqual(texts(expected));
    const first = expected.filter(({ conversation }) => conversation === 0);
    expect(await find({ ...query, conversationId: ids[0] as string }, bob)).toEqual(texts(first));
  });

  test('what is sent between two pages moves nothing', async () => {
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await ask({ q: 'rareword', limit: 2, ...(cursor && { cursor }) }, bob);
      found.push(...body.items.map((item: { message: { text: string } }) => item.message.text));
      if (body.next === null) break;
      cursor = body.next;
      for (const id of ids.slice(0, 3)) await say(id, ['rareword, but late'], bob);
    }
    expect(found).toEqual(texts(all.filter(({ text }) => text.includes('rareword'))));
    expect((await find({ q: 'late' }, bob)).length).toBeGreaterThan(5);
  });

  test('between two times', async () => {
    const [after, before] = [times[10] as string, times[20] as string];
    const expected = all.filter(({ at }) => at >= after && at < before);
    expect(expected.length).toBeGreaterThan(100);
    for (const query of [{ q: 'entry' }, {}]) {
      expect(await find({ ...query, after, before, limit: 50 }, bob)).toEqual(texts(expected));
      const conversationId = ids[0] as string;
      const here = expected.filter(({ conversation }) => conversation === 0);
      expect(await find({ ...query, conversationId, after, before, limit: 9 }, bob)).toEqual(texts(here));
    }
    expect(await find({ q: 'entry', after: before, before: after }, bob)).toEqual([]);
  });

  test('a text that is changed is found by its new words', async () => {
    const id = ids[0] as string;
    const search = () => find({ q: 'zanzibar', conversationId: id }, bob);
    expect(await search()).toEqual([]);
    await app.app.database.write(async (unit) => {
      await unit.sql
        .updateTable('messages')
        .set({ text: 'Off to Zanzibar' })
        .where('conversation_id', '=', id)
        .where('seq', 'in', [5, 6])
        .execute();
      await forgetSearchBlocks(unit, id, [5, 6]);
    });
    expect(await search()).toEqual(['Off to Zanzibar', 'Off to Zanzibar']);
    expect(await search()).toEqual(['Off to Zanzibar', 'Off to Zanzibar']);
  });
});

test('texts of the greatest length fill several blocks, and all are found', async () => {
  const bob = await signIn(app);
  const id = await startDirect(app, bob, ann);
  const texts = Array.from({ length: 150 }, (_, n) => `${'丰'.repeat(9_900)} long${n}end`);
  await say(id, texts, bob);
  const found = await find({ q: 'long', conversationId: id, limit: 50 }, bob);
  expect(found.map((text) => text.slice(9_901))).toEqual(texts.map((text) => text.slice(9_901)).reverse());
  expect(await find({ q: 'long7end' }, bob)).toEqual([texts[7]]);
});

describe('a history of 40,000 messages', () => {
  const perConversation = 20_000;
  let bob: TestPerson;
  const ids: string[] = [];
  beforeAll(async () => {
    bob = await signIn(app);
    for (let n = 0; n < 2; n += 1) {
      const id = await startDirect(app, bob, await signIn(app));
      ids.push(id);
      const text = `
        with stored as (
          insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
          select $1, seq, gen_random_uuid(), $2, seq, 'text', case seq when 5 then 'deepword' else 'just chatter ' || seq end,
            now() - (${perConversation} - seq) * interval '1 minute'
          from generate_series(1, ${perConversation}) as seq
        )
        update conversations set last_seq = ${perConversation}, rev = ${perConversation}, last_activity_at = now() where id = $1`;
      await app.app.database.autocommit({ name: 'fill-history', text }, [id, bob.id]);
    }
  });

  async function pages(query: Query): Promise<{ found: number; requests: number }> {
    let [found, requests] = [0, 0];
    for (let cursor: string | null = ''; cursor !== null; requests += 1) {
      const { body } = await ask({ ...query, ...(cursor && { cursor }) }, bob);
      found += body.items.length;
      cursor = body.next;
    }
    return { found, requests };
  }

  test('is searched by few requests, none of which does it all, also by several at a time', async () => {
    const [one, all, other] = await Promise.all([
      pages({ q: 'deepword', conversationId: ids[0] as string }),
      pages({ q: 'deepword' }),
      pages({ q: 'absent', conversationId: ids[1] as string }),
    ]);
    expect([one.found, all.found, other.found]).toEqual([1, 2, 0]);
    expect(all.requests).toBeLessThanOrEqual(4);
    for (const { requests } of [one, other]) expect(requests).toBeLessThanOrEqual(2);
  });

  test('is searched by one request once there are signatures', async () => {
    expect(await pages({ q: 'deepword' })).toEqual({ found: 2, requests: 1 });
  });

  test('is not read to its end by one request without them', async () => {
    await app.app.database.write(({ sql }) =>
      sql.deleteFrom('search_blocks').where('conversation_id', 'in', ids).execute(),
    );
    const { body } = await ask({ q: 'absent' }, bob);
    expect(body).toMatchObject({ items: [], next: expect.any(String) });
  });
});

test.each([
  ['nothing at all', {}, '/q'],
  ['blanks', { q: '   ' }, '/q'],
  ['a conversation only', { conversationId: '00000000-0000-7000-8000-000000000000' }, '/q'],
  ['a cursor of nobody', { q: 'x', cursor: 'abc' }, '/cursor'],
  ['a time that is none', { q: 'x', after: 'yesterday' }, '/after'],
  ['an unknown filter', { q: 'x', sender: 'x' }, '/sender'],
])('refuses %s', async (_what, query, path) => {
  const answer = await ask(query as Query);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { path } } } });
});
