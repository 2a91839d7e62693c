import { ParleyError } from './errors.ts';

/** A stream of known length, such as one of Node. It is read once, so that an upload of it cannot be begun again. */
export interface FileStream {
  readonly stream: AsyncIterable<Uint8Array>;
  /** In bytes, exactly. */
  readonly size: number;
}

/** What can be uploaded. Of a `Blob` or a stream only a piece at a time is in memory. */
export type UploadFile = Blob | Uint8Array | FileStream;

/** Gives the bytes of a file piece by piece. Where a piece was lost on its way, it is asked for again. */
export interface UploadSource {
  /** In bytes. */
  readonly size: number;
  /** @throws whatever reading has failed with */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): void;
}

export function uploadSource(file: UploadFile): UploadSource {
  if (file instanceof Uint8Array) {
    return { size: file.length, read: async (start, end) => file.subarray(start, end), close() {} };
  }
  if (!(file instanceof Blob)) return new StreamSource(file);
  return {
    size: file.size,
    read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
    close() {},
  };
}

/** Keeps the last piece of a stream, as the server may not have got all of it. */
class StreamSource implements UploadSource {
  readonly size: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  /** Where in the file `#held` begins. */
  #start = 0;

  constructor({ stream, size }: FileStream) {
    this.size = size;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    if (start < this.#start) throw unreadable('The server has lost bytes that the stream does not give again.');
    const parts = [this.#held.subarray(start - this.#start)];
    let length = parts[0]?.length ?? 0;
    while (length < end - start) {
      const { done, value } = await this.#chunks.next();
      if (done) throw unreadable('The stream has ended before its size.');
      parts.push(value);
      length += value.length;
    }
    this.#held = joined(parts, length);
    this.#start = start;
    return this.#held.subarray(0, end - start);
  }

  close(): void {
    this.#chunks.return?.()?.catch(() => {});
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const unreadable = (message: string): ParleyError => new ParleyError('invalid_request', message);
