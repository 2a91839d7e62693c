/** Longest name that is kept, in bytes of UTF-8: as long as file systems allow. */
const maxBytes = 255;

/** What turns text around, is not seen, or controls a terminal; and the two marks of paths. */
const unwanted = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * The name under which a file is shown and saved: its last part where it was a path, without what cannot be seen, and
 * short enough for any disk. Nothing is ever stored under it.
 */
export function fileName(given: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // Leading dots would hide it, or name a folder; trailing ones and blanks are lost on Windows.
  const clean = last
    .replace(unwanted, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return shorten(clean) || 'file';
}

/** Keeps the ending, which says what it is. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? '';
  let stem = '';
  let room = maxBytes - Buffer.byteLength(ending);
  for (const character of name.slice(0, name.length - ending.length)) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + ending;
}
