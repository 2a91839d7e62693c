import { type RawBuilder, sql } from 'kysely';
import { escapeLike, startsUnspaced } from '../shared/search-words.ts';

/**
 * SQL: the people who may be called `key`, by indexes of `people.search`. One character, or signs without a letter, match at
 * the very beginning only, because no index could find them elsewhere.
 *
 * @param key made by `searchWords`
 * @param among a bounded select, in brackets, of those for whom a condition holds
 */
export function candidatesOf(
  key: string,
  among: (matches: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  const start = ` ${key}`;
  const [inside, wordStart] = [`%${escapeLike(key)}%`, `%${escapeLike(start)}%`];
  const characters = [...key.replaceAll(' ', '')].length;
  const hasLetters = /[\p{L}\p{N}]/u.test(key);
  if (startsUnspaced(key)) return among(sql`search like ${wordStart}`);
  // Nothing that the index of trigrams knows. A range and not LIKE, whose plan, made before the pattern is known, cannot
  // use the other index. ~>=~ compares by bytes.
  if (characters === 1 || !hasLetters) return among(sql`search ~>=~ ${start} and search ~<~ ${afterPrefix(start)}`);
  if (characters > 2) return among(sql`search like ${inside}`);
  // The beginnings of words by themselves: they are the best, and would be lost among the rest.
  const beginning = among(sql`search like ${wordStart}`);
  if (key.includes(' ')) return beginning;
  return sql`${beginning} union ${among(sql`text_pairs(search) @> array[${key}::text]`)}`;
}

/** The least text after all that start with `prefix`, for comparison by bytes: in UTF-8 that is by code points. */
function afterPrefix(prefix: string): string {
  const points = [...prefix].map((character) => character.codePointAt(0) as number);
  const last = points.pop() ?? 0;
  // The code points of surrogates are no characters.
  const next = last + 1 === 0xd800 ? 0xe000 : last + 1;
  return next > 0x10ffff ? `${afterPrefix(String.fromCodePoint(...points))}` : String.fromCodePoint(...points, next);
}
