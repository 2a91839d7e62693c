import { TextDecoder } from 'node:util';

/** So far into a page its encoding is looked for. The standard says 1,024 bytes; pages go over. */
const prescanBytes = 4_096;

/**
 * The text of a page, by its byte order mark, else by what its server says, else by what it says itself, else UTF-8, or
 * Windows-1252 where it cannot be that. About as https://encoding.spec.whatwg.org and HTML do it. Never fails.
 *
 * @param charset as the server says
 */
export function decodePage(bytes: Uint8Array, charset: string | null): string {
  const declared = markOf(bytes) ?? decoderOf(charset) ?? decoderOf(declaredIn(bytes));
  if (declared) return decode(declared, bytes);
  const text = decode(new TextDecoder(), bytes);
  return text.includes('\ufffd') ? decode(new TextDecoder('windows-1252'), bytes) : text;
}

/** As if more came: a character that was cut in two at the end is left out. */
const decode = (decoder: TextDecoder, bytes: Uint8Array): string => decoder.decode(bytes, { stream: true });

function markOf([first, second, third]: Uint8Array): TextDecoder | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder();
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

function declaredIn(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, prescanBytes)).toString('latin1');
  const name = /<meta\b[^>]{0,500}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{1,40})/i.exec(start)?.[1] ?? null;
  // Who could read that was not reading UTF-16.
  return name && /^utf-?16/i.test(name) ? 'utf-8' : name;
}

function decoderOf(name: string | null): TextDecoder | undefined {
  if (name === null) return undefined;
  try {
    return new TextDecoder(name);
  } catch {
    return undefined;
  }
}
