import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** For so long after a command or a request, in milliseconds, uploads leave time to others. */
const busyFor = 1_000;
/** For each part of the time that uploads then take, they leave so many. */
const partsLeft = 4;
/** Timers are no finer, in milliseconds. */
const shortestRest = 1;
/** In milliseconds: a slow disk makes uploads slow, and does not stop them. */
const longestRest = 20;

/**
 * Through it go the bytes of all files that a node takes, one piece at a time, each upload in its turn and each piece in a
 * turn of the event loop of its own. What waits is left where it is, in the sockets, which are not read meanwhile. While
 * others want something of the node, uploads have a share of the time only, on whatever machine and however many they are.
 */
export class UploadGate {
  readonly #waiting: (() => void)[] = [];
  /** A piece is on its way, or uploads rest after it. */
  #closed = false;
  #othersAt = Number.NEGATIVE_INFINITY;
  /** How long uploads are to rest for what they have taken, in milliseconds. */
  #debt = 0;

  /** Somebody wants something that is not an upload. */
  giveWay(): void {
    this.#othersAt = performance.now();
  }

  /**
   * Does a piece of work on the bytes of an upload when it is its turn. Ask for the next piece when this one is done: each
   * upload waits at one place of the queue.
   */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    // Who is let in finds it closed: nobody comes between.
    if (this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#closed = true;
    const begun = performance.now();
    try {
      return await work();
    } finally {
      // In the turn after this one the socket of the upload is read again: that belongs to what a piece takes.
      setImmediate(() => setImmediate(() => this.#rest(begun)));
    }
  }

  /**
   * Writes what a stream brings to a file, piece by piece.
   *
   * @param start where the first byte goes, in a file that is there; without it, the file is made
   * @returns how many bytes were written
   * @throws what the stream or the file system fails with. What was written before stays
   */
  async write(source: Readable, path: string, start?: number): Promise<number> {
    const file = await open(path, start === undefined ? 'wx' : 'r+', 0o600);
    try {
      let written = 0;
      for await (const piece of source as AsyncIterable<Buffer>) {
        await this.pass(() => writeAll(file, piece, (start ?? 0) + written));
        written += piece.length;
      }
      return written;
    } finally {
      await file.close();
    }
  }

  #rest(begun: number): void {
    const now = performance.now();
    if (now - this.#othersAt > busyFor) this.#debt = 0;
    else this.#debt = Math.min(this.#debt + (now - begun) * partsLeft, longestRest);
    if (this.#debt < shortestRest) {
      this.#next();
    } else {
      setTimeout(() => this.#next(), this.#debt);
      this.#debt = 0;
    }
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#closed = false;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
