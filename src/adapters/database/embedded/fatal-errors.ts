const errorResponse = 0x45; // 'E'
const headerLength = 5; // a message is its type in one byte, then its length in four, which counts itself

/**
 * Reads along in what PostgreSQL says and finds the errors that end it. A server process exits after a PANIC or FATAL
 * error and starts afresh from its log. Inside PGlite it would go on, with whatever it has in memory.
 *
 * @returns takes the next part of the stream, and gives the error's text once there is one
 */
export function createFatalErrorFinder(): (part: Uint8Array) => string | null {
  let header = Buffer.alloc(0);
  let left = 0;
  let collected: Uint8Array[] | null = null;

  return (part) => {
    for (let at = 0; at < part.length; ) {
      if (left === 0) {
        const missing = headerLength - header.length;
        header = Buffer.concat([header, part.subarray(at, at + missing)]);
        at += missing;
        if (header.length < headerLength) return null;
        left = header.readUInt32BE(1) - 4;
        collected = header[0] === errorResponse ? [] : null;
        header = Buffer.alloc(0);
      }
      const taken = part.subarray(at, at + left);
      collected?.push(taken.slice());
      left -= taken.length;
      at += taken.length;
      if (left === 0 && collected) {
        const found = fatalIn(Buffer.concat(collected).toString('utf8'));
        if (found !== null) return found;
      }
    }
    return null;
  };
}

/** The fields of an ErrorResponse: a letter and a text each. V is the severity in English, M the message. */
function fatalIn(fields: string): string | null {
  const byLetter = new Map(fields.split('\0').map((field) => [field[0], field.slice(1)]));
  const severity = byLetter.get('V');
  return severity === 'PANIC' || severity === 'FATAL' ? `${severity}: ${byLetter.get('M')}` : null;
}
