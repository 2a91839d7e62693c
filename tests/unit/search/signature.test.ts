import { describe, expect, test } from 'vitest';
import { bitsOf, makeSignature } from '../../../src/engine/search/signature.ts';

/** As the statement asks: whether all bits of the words are set. */
const mayContain = (signature: Buffer, words: readonly string[]): boolean =>
  bitsOf(words).every((hash) => {
    const bit = hash & ((signature.length - 1) * 8 - 1);
    return ((signature[bit >> 3] as number) >> (bit & 7)) & 1;
  });

let seed = 7;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed % below;
};
const word = (alphabet: string, length: number): string =>
  Array.from({ length }, () => [...alphabet][random([...alphabet].length)]).join('');

const latin = 'abcdefghijklmnopqrstuvwxyz';
const han = Array.from({ length: 2_000 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
const texts = (alphabet: string, count: number): string[] =>
  Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(12) }, () => word(alphabet, 1 + random(10))).join(' '),
  );

describe.each([
  ['Latin', latin],
  ['Chinese', han],
  ['emoji', '🎉🎊😀👍🏽🇩🇪'],
])('a signature of %s texts', (_script, alphabet) => {
  test.each([0, 1, 16, 128])('of %i texts contains every part of every word', (count) => {
    const all = texts(alphabet, count);
    const signature = makeSignature(all);
    expect(signature.length).toBeLessThanOrEqual(4_097);
    for (const text of all) {
      for (const one of text.split(' ')) {
        const start = random(one.length);
        const part = one.slice(start, start + 1 + random(one.length - start));
        expect(mayContain(signature, [part])).toBe(true);
      }
    }
  });
});

test('most words that do not occur are told at once', () => {
  const signature = makeSignature(texts(latin, 128));
  const absent = Array.from({ length: 1_000 }, () => word(latin, 7));
  expect(absent.filter((one) => mayContain(signature, [one])).length).toBeLessThan(50);
});

test('few texts have a small signature', () => {
  expect(makeSignature(['hello there']).length).toBeLessThanOrEqual(65);
  expect(mayContain(makeSignature([]), ['a'])).toBe(false);
});

/** Stored signatures depend on it: if this changes, signatureWay has to be counted up. */
test('the bits of a text are always the same', () => {
  expect(makeSignature(['ferienwohnung 小明']).toString('hex')).toMatchInlineSnapshot(
    `"0020000100004000010040001100020200040000088040800100008001080000000010000080000085000000844200004008000000050000042000004000808001"`,
  );
});
