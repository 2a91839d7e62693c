import { searchKey } from './text.ts';

/** Scripts that are written without spaces between words, and whose words are short. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/**
 * A text as it is searched: in the form in which names are compared, each character of an unspaced script a word of its
 * own. So the given name in 王小明 begins a word, and the index finds it though it has two characters.
 */
export function searchWords(text: string): string {
  return searchKey(searchKey(text).replace(unspaced, ' $& '));
}

/** Whether a text made by {@link searchWords} starts with a character that is a word of its own. */
export function startsUnspaced(words: string): boolean {
  return words.search(unspaced) === 0;
}

/** A text as it stands in a pattern of LIKE, where it means itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
