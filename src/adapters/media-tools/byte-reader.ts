import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const windowBytes = 64 * 1024;

/** Reads parts of a file through a window, so that it does not matter how large it is. */
export class ByteReader {
  readonly size: number;
  readonly #file: number;
  readonly #window = Buffer.alloc(windowBytes);
  #start = 0;
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  /** Up to 64 KiB; less at the end. Valid until the next call. */
  bytes(position: number, length: number): Buffer {
    const end = this.#start + this.#length;
    if (position < this.#start || (position + length > end && end < this.size)) {
      this.#start = position;
      this.#length = readSync(this.#file, this.#window, 0, windowBytes, position);
    }
    const from = Math.min(position - this.#start, this.#length);
    return this.#window.subarray(from, Math.min(from + length, this.#length));
  }

  /** -1 behind the end. */
  byte(position: number): number {
    return this.bytes(position, 1)[0] ?? -1;
  }

  /** Where a byte comes next, or -1. */
  indexOf(byte: number, from: number): number {
    for (let position = from; position < this.size; ) {
      const rest = this.bytes(position, 1);
      const piece = rest.length === 0 ? rest : this.bytes(position, this.#start + this.#length - position);
      if (piece.length === 0) return -1;
      const found = piece.indexOf(byte);
      if (found !== -1) return position + found;
      position += piece.length;
    }
    return -1;
  }

  text(position: number, length: number): string {
    return this.bytes(position, length).toString('latin1');
  }

  close(): void {
    closeSync(this.#file);
  }
}
