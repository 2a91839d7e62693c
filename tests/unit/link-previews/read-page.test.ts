import { describe, expect, test } from 'vitest';
import { cleanText } from '../../../src/engine/link-previews/clean-text.ts';
import { decodePage } from '../../../src/engine/link-previews/decode-page.ts';
import { readPage } from '../../../src/engine/link-previews/read-page.ts';

const at = 'https://site.test/a/b.html';
const meta = (name: string, content: string) => `<meta property="${name}" content="${content}">`;

describe('the head of a page', () => {
  test('Open Graph is preferred to Twitter, and both to the rest', () => {
    const all = [
      '<title>Title</title><meta name=description content=Description>',
      '<meta name="twitter:title" content="T title"><meta name="twitter:description" content="T description">',
      `${meta('og:title', 'O title')}${meta('og:description', 'O description')}`,
    ];
    expect(readPage(all.join(''), at)).toEqual({ title: 'O title', description: 'O description' });
    expect(readPage(all.slice(0, 2).join(''), at)).toEqual({ title: 'T title', description: 'T description' });
    expect(readPage(all.slice(0, 1).join(''), at)).toEqual({ title: 'Title', description: 'Description' });
  });

  test('names are found in either attribute and case, and what is blank does not count', () => {
    const html =
      '<META NAME=" OG:Title " CONTENT=" "><meta name=twitter:title content=T><meta content=D name=Description>';
    expect(readPage(html, at)).toEqual({ title: 'T', description: 'D' });
  });

  test('entities are decoded once', () => {
    const html = `<title>a &lt;b&gt; &amp;amp; &#x1f40e; &eacute;&nbsp;x</title>${meta('og:description', '&quot;&amp;lt;&quot;')}`;
    expect(readPage(html, at)).toEqual({ title: 'a <b> &amp; 🐎 é x', description: '"&lt;"' });
  });

  test('the first title counts, up to where the head ends', () => {
    expect(readPage('<title>One</title><title>Two</title>', at)).toEqual({ title: 'One' });
    expect(readPage('<head></head><title>Late</title>', at)).toEqual({});
    expect(readPage('<body><title>Late</title>', at)).toEqual({});
    expect(readPage('<script>"<title>No</title>"</script><!-- <title>No</title> --><title>Yes</title>', at)).toEqual({
      title: 'Yes',
    });
  });

  test('broken markup gives what can be read', () => {
    for (const html of [
      '<title>Here',
      '<html><<<title>Here</title',
      '</head x><title>Here</title>',
      '<p <title>Not</title><title>Here</title>',
      `<title>Here</title><meta property="og:title" content="never closed ${'x'.repeat(50_000)}`,
    ]) {
      expect(['Here', 'Not', undefined], html).toContain(readPage(html, at).title);
    }
    expect(readPage('<title>Here', at).title).toBe('Here');
    expect(readPage(`<title>Here</title><meta property="og:title" content="cut`, at)).toEqual({ title: 'Here' });
    for (const html of ['', '\0\0\0', '<', '<!', '&', '<meta', '<meta content', '{"a":1}']) {
      expect(readPage(html, at), html).toEqual({});
    }
  });

  test('names of objects are no names', () => {
    expect(readPage(`${meta('__proto__', 'x')}${meta('constructor', 'x')}<meta __proto__=x content=y>`, at)).toEqual(
      {},
    );
  });

  test.each([
    ['nested tags', '<a>'.repeat(170_000)],
    ['tags that close nothing', `${'<i>'.repeat(3_000)}${'</b>'.repeat(120_000)}`],
    ['attributes', `<meta ${Array.from({ length: 60_000 }, (_, n) => `a${n}=1`).join(' ')}>`],
    ['open comments', '<!--'.repeat(130_000)],
    ['entities', `<title>${'&amp;'.repeat(100_000)}`],
    ['blanks', `<title>${' '.repeat(500_000)}x`],
    ['encodings', '<meta charset'.repeat(40_000)],
  ])('many %s do not hold up the server', (_what, html) => {
    const start = performance.now();
    readPage(decodePage(Buffer.from(html), null), at);
    // What grows with the square of the length takes ten times as long; this does not, on a busy machine either.
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('pictures', () => {
  const pictureOf = (...contents: string[]) =>
    readPage(contents.map((url) => meta('og:image', url)).join(''), at).imageUrl;

  test('are found relative to the page', () => {
    expect(pictureOf('c.png')).toBe('https://site.test/a/c.png');
    expect(pictureOf('/c.png?x=1&amp;y=2')).toBe('https://site.test/c.png?x=1&y=2');
    expect(pictureOf('//other.test/c.png')).toBe('https://other.test/c.png');
    expect(pictureOf(' HTTP://Other.test/c d.png ')).toBe('http://other.test/c%20d.png');
  });

  test('or to the base that it names, unless that is none', () => {
    const image = meta('og:image', 'c.png');
    expect(readPage(`${image}<base href="//cdn.test/x/"><base href="/y/">`, at).imageUrl).toBe(
      'https://cdn.test/x/c.png',
    );
    expect(readPage(`<base href="data:x">${image}`, at).imageUrl).toBe('https://site.test/a/c.png');
  });

  test.each(['data:image/png;base64,AAAA', 'javascript:alert(1)', 'file:///etc/passwd', 'blob:x', 'http://', ''])(
    '%j is none, and the next one counts',
    (url) => {
      expect(pictureOf(url)).toBeUndefined();
      expect(pictureOf(url, '/next.png')).toBe('https://site.test/next.png');
    },
  );

  test('with credentials or too long an address are none', () => {
    expect(pictureOf('http://user:password@site.test/c.png')).toBeUndefined();
    expect(pictureOf(`/${'ä'.repeat(500)}.png`)).toBeUndefined();
  });
});

describe('texts', () => {
  test('are one line without what is not seen or turns text around', () => {
    expect(cleanText(' a\r\n\tb\u2028c\u00a0\u3000d\u0000\u0007e ', 100)).toBe('a b c d e');
    expect(cleanText('abc\u202egnp.exe\u2066x\u2069\u200f\u061c', 100)).toBe('abcgnp.exex');
    expect(cleanText('a\u200bb\ufeffc\u00add\u2060e\ufff9f', 100)).toBe('abcdef');
    expect(cleanText('\u202e\u200b \u0000', 100)).toBeUndefined();
    expect(cleanText('a\ud800b', 100)).toBe('a\ufffdb');
  });

  test('keep emoji and the joiners of scripts', () => {
    for (const text of ['👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️', 'می‌خواهم', 'क्‍ष', 'e\u0301']) expect(cleanText(text, 100)).toBe(text);
  });

  test('are cut between characters', () => {
    expect(cleanText('abcdef', 6)).toBe('abcdef');
    expect(cleanText('abcdefg', 6)).toBe('abcde…');
    expect(cleanText('abcd🐎🐎', 6)).toBe('abcd…');
    expect(cleanText('abcd efg', 6)).toBe('abcd…');
  });
});

describe('encodings', () => {
  const decode = (hex: string, charset: string | null = null) => decodePage(Buffer.from(hex, 'hex'), charset);
  const declared = (tag: string) => decodePage(Buffer.from(`${tag}\xe9`, 'latin1'), null).slice(tag.length);

  test('the byte order mark counts first, then the server, then the page', () => {
    expect(decode('efbbbfc3a9', 'windows-1251')).toBe('é');
    expect(decode('fffee900', 'utf-8')).toBe('é');
    expect(decode('feff00e9')).toBe('é');
    expect(decode('93fa967b', 'shift_jis')).toBe('日本');
    expect(decode('cff0e8', 'CP1251')).toBe('При');
    expect(decode('c4e3bac3', 'gb2312')).toBe('你好');
    expect(decode('bec8b3e7', 'euc-kr')).toBe('안녕');
  });

  test('the page says it in one of two ways', () => {
    expect(declared('<meta charset=windows-1251>')).toBe('й');
    expect(declared(`<META content='text/html; charset = "windows-1251"' http-equiv=Content-Type>`)).toBe('й');
    expect(declared('<meta charset="utf-16">')).toBe('');
  });

  test('without a word, or with an unknown one, it is UTF-8, or else Windows-1252', () => {
    expect(decode('c3a9')).toBe('é');
    expect(decode('c3a9', 'klingon')).toBe('é');
    expect(decode('c3a9', 'iso-2022-kr')).toBe('é');
    expect(decode('e9206120')).toBe('é a ');
  });

  test('a character that was cut in two is left out', () => {
    expect(decode('61f09f90')).toBe('a');
    expect(decode('61e3', 'utf-8')).toBe('a');
  });
});
