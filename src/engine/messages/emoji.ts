import { EngineError } from '../shared/errors.ts';

/** Longest reaction, in UTF-16 code units. */
export const maxEmojiLength = 32;

const graphemes = new Intl.Segmenter();
/** Signs of which an emoji is made. By property and not by list, so that those of later versions of Unicode pass too. */
const pictures = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const parts =
  /^(?:[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u{e0020}-\u{e007f}]|\u200d|\ufe0e|\ufe0f)+$/u;
const keycap = /^[0-9#*]\ufe0f?\u20e3$/;

/**
 * Refuses what is not exactly one emoji.
 *
 * @throws EngineError `invalid_request`
 */
export function assertEmoji(text: string): void {
  const one = [...graphemes.segment(text.slice(0, maxEmojiLength + 1))].length === 1;
  const drawn = keycap.test(text) || (pictures.test(text) && parts.test(text));
  if (text.length <= maxEmojiLength && one && drawn) return;
  throw new EngineError('invalid_request', 'A reaction is one emoji.', { path: '/emoji' });
}
