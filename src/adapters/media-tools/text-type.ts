/** Characters that no text has. */
const binary = /(?![\t\n\f\r\u007f-\u009f])\p{Cc}/u;

/** How browsers know HTML: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type */
const htmlStart =
  /^(<!--|<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)(?=[\s/>]))/i;

/** What older ones took for HTML, wherever it was at the beginning. */
const htmlAnywhere = /<(!doctype html|html|head|body|script|iframe|svg|object|embed)[\s/>]/i;
const htmlWithin = 1024;

/**
 * The beginning of a text file, or null where the bytes are none: valid UTF-8, or UTF-16 with its mark, without
 * characters that control devices.
 */
export function readText(head: Buffer): string | null {
  if (head.length === 0) return null;
  const mark = head.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    // As a stream, because the last character may be cut.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    return binary.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** The type of markup, if the beginning of a file is that. */
export function markupType(head: string): 'image/svg+xml' | 'text/html' | 'application/xml' | null {
  const text = head.replace(/^(\ufeff|\xef\xbb\xbf)?\s*/, '');
  if (!text.startsWith('<')) return null;
  const root = afterProlog(text);
  if (/^<([\w.-]+:)?svg[\s/>]/i.test(root)) return 'image/svg+xml';
  if (htmlStart.test(text) || /^<([\w.-]+:)?html[\s/>]/i.test(root)) return 'text/html';
  return /^<(\?xml\s|!doctype\s)/i.test(text) ? 'application/xml' : null;
}

/** Whether something in it might be run by a browser that does not trust types. */
export const mentionsHtml = (text: string): boolean => htmlAnywhere.test(text.slice(0, htmlWithin));

/** What follows declarations, comments and instructions. */
function afterProlog(text: string): string {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    const end = prologEnd(text, at);
    if (end === -1) return text.slice(at, at + 100);
    at = end;
  }
}

function prologEnd(text: string, at: number): number {
  const after = (mark: string): number => {
    const found = text.indexOf(mark, at);
    return found === -1 ? -1 : found + mark.length;
  };
  if (text.startsWith('<!--', at)) return after('-->');
  if (text.startsWith('<?', at)) return after('?>');
  if (!/^<!doctype\s/i.test(text.slice(at, at + 10))) return -1;
  const declarations = text.indexOf('[', at);
  const end = text.indexOf('>', at);
  return declarations !== -1 && declarations < end ? after(']>') : after('>');
}
