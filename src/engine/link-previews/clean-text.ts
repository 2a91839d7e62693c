/**
 * What is not seen, or turns around the text beside it. Joiners stay, which scripts and emoji are written with, and so do
 * the tags of flags.
 */
const invisible = /(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}|[\ufffe\uffff]/gu;
const blank = /[\p{Cc}\p{Z}]+/gu;

/**
 * A text of a stranger as one line that can be shown beside others.
 *
 * @param most characters, in UTF-16 code units; a longer one ends with …
 * @returns undefined where nothing is left
 */
export function cleanText(text: string, most: number): string | undefined {
  // What is far beyond the end cannot be seen either way, and costs time.
  const line = text
    .slice(0, most * 10)
    .toWellFormed()
    .replace(invisible, '')
    .replace(blank, ' ')
    .trim();
  if (line.length <= most) return line || undefined;
  const shortened = line.slice(0, most - 1);
  // Not half of a character.
  return `${shortened.isWellFormed() ? shortened.trimEnd() : shortened.slice(0, -1).trimEnd()}…`;
}
