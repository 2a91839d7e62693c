/** One change that a process made to the files under the recorder's root. Paths are relative to it. */
export type Operation =
  | { readonly kind: 'open'; path: string; handle: string; creates: boolean; truncates: boolean }
  | { readonly kind: 'close' | 'fsync'; handle: string }
  /** The bytes are the entry's data. `position` is null where the file's own position counts. */
  | { readonly kind: 'write'; handle: string; position: number | null }
  | { readonly kind: 'truncate'; handle: string; size: number }
  | { readonly kind: 'rename' | 'link'; path: string; to: string }
  | { readonly kind: 'unlink' | 'rmdir' | 'remove-tree' | 'mkdir'; path: string }
  /** What a client knows from now on: written by the test, not by the server. */
  | { readonly kind: 'note'; note: unknown };

export interface Entry {
  readonly operation: Operation;
  readonly data: Uint8Array;
}

const zeros = Buffer.alloc(8_192);

/** Whether all bytes are zero. */
export function isZero(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += zeros.length) {
    const part = data.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}

/** Header length, data length (bit 31: all of it is zero and left out), header, data. */
export function encodeEntry(operation: Operation, data: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.from(JSON.stringify(operation));
  const empty = data.length >= 512 && isZero(data);
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(header.length, 0);
  lengths.writeUInt32LE(empty ? (data.length | 0x80000000) >>> 0 : data.length, 4);
  return Buffer.concat(empty ? [lengths, header] : [lengths, header, data]);
}

/** Reads a journal. An entry that was cut off at the end is left out. */
export function decodeJournal(journal: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 8 <= journal.length; ) {
    const headerLength = journal.readUInt32LE(at);
    const lengthAndFlag = journal.readUInt32LE(at + 4);
    const empty = lengthAndFlag >= 0x80000000;
    const length = lengthAndFlag & 0x7fffffff;
    const dataAt = at + 8 + headerLength;
    const end = dataAt + (empty ? 0 : length);
    if (end > journal.length) break;
    const operation = JSON.parse(journal.toString('utf8', at + 8, dataAt)) as Operation;
    entries.push({ operation, data: empty ? new Uint8Array(length) : journal.subarray(dataAt, end) });
    at = end;
  }
  return entries;
}
