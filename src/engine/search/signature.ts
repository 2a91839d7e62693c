/**
 * Signatures: a set of bits for the one, two and three characters in a row that occur in some texts (a Bloom filter with
 * one hash function). Where a word's bits are not all set, no text contains the word; where they are, one may.
 *
 * How bits are found, and of which texts, is part of the stored data. So the last byte says by which way a signature was
 * made, and one of another way counts as missing: also one that a node of an older version still makes.
 */

/** Whoever changes what a signature says, or `searchableText`, counts it up. 1 to 255. */
export const signatureWay = 1;

/** Of bits. A row with it fits a page. Some 120 messages of a chat set about a tenth of its bits. */
const maxBytes = 4_096;
const minBytes = 32;
/** A signature is folded to half its size as long as no more than this share of its bits is set. */
const fullEnough = 1 / 8;

const mix = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};
const one = (a: number): number => mix(Math.imul(a, 0x9e3779b1));
const two = (a: number, b: number): number => mix(Math.imul(a, 0x85ebca6b) + Math.imul(b, 0xc2b2ae35) + 1);
const three = (a: number, b: number, c: number): number =>
  mix(Math.imul(a, 0x27d4eb2f) + Math.imul(b, 0x165667b1) + Math.imul(c, 0x9e3779b1) + 2);

const space = 0x20;

/** @param texts as made by `searchKey`. Characters are UTF-16 code units: what is well-formed is found all the same */
export function makeSignature(texts: Iterable<string>): Buffer {
  let bits: Uint8Array = new Uint8Array(maxBytes);
  const set = (hash: number): void => {
    const bit = hash & (maxBytes * 8 - 1);
    bits[bit >> 3] = (bits[bit >> 3] as number) | (1 << (bit & 7));
  };
  for (const text of texts) {
    let [before, last] = [space, space];
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit !== space) {
        set(one(unit));
        if (last !== space) {
          set(two(last, unit));
          if (before !== space) set(three(before, last, unit));
        }
      }
      before = last;
      last = unit;
    }
  }
  for (let half = bits.length / 2; half >= minBytes; half /= 2) {
    const folded = new Uint8Array(half);
    for (let i = 0; i < half; i += 1) folded[i] = (bits[i] as number) | (bits[i + half] as number);
    if (countBits(folded) > half * 8 * fullEnough) break;
    bits = folded;
  }
  return Buffer.concat([bits, Uint8Array.of(signatureWay)]);
}

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

/**
 * The bits, before they are cut to a signature's size, that are set where all of the words occur. Of many, some: fewer
 * questions, the same answer a little less often.
 */
export function bitsOf(words: readonly string[], most = 40): number[] {
  const hashes = new Set<number>();
  for (const word of words) {
    const units = Array.from({ length: word.length }, (_, i) => word.charCodeAt(i));
    for (const [i, c] of units.entries()) {
      const [a, b] = [units[i - 2], units[i - 1]];
      if (a !== undefined && b !== undefined) hashes.add(three(a, b, c));
      else if (units.length === 2 && b !== undefined) hashes.add(two(b, c));
      else if (units.length === 1) hashes.add(one(c));
    }
  }
  const all = [...hashes];
  const step = Math.max(1, all.length / most);
  return Array.from(
    { length: Math.min(most, all.length) },
    (_, i) => (all[Math.floor(i * step)] as number) & 0x7fffffff,
  );
}
