import type { Readable } from 'node:stream';

/** A part of a blob, in bytes; both ends belong to it. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a store has to know of a blob before it takes it. */
export interface BlobFacts {
  /** In bytes. */
  readonly size: number;
  /** Media type, decided from the bytes. */
  readonly mimeType: string;
}

/** A request by which a client brings the bytes to the store itself. */
export interface DirectUpload {
  readonly method: 'PUT';
  readonly url: string;
  /** To be sent exactly so: the signature covers them. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Keeps blobs: bytes under a key that is used once.
 *
 * Guarantees: when `put` resolves, the blob is durable and whole. A key shows all of its bytes or nothing: a `put` that
 * failed, or whose process died, leaves nothing to read. What is stored never changes.
 *
 * Concurrency: everything may run at once, on any node, but for `put` and `delete` of one key.
 *
 * Failures: BlobNotFound and StorageFull say what they are; anything else thrown means that the store cannot be reached now.
 */
export interface BlobStore {
  /**
   * Stores a file.
   *
   * @param key letters, digits and hyphens, at most 100; never used before
   * @param path the file, on this machine. It stays there, the caller's to remove, and is not written to any more: it may be
   *   linked instead of copied.
   * @throws StorageFull
   */
  put(key: string, path: string, facts: BlobFacts): Promise<void>;
  /**
   * Opens a blob, or a part of it. Read only as fast as the stream is consumed; destroying the stream lets everything go.
   *
   * @throws BlobNotFound, before anything is read
   */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Size in bytes, or null where there is no such blob. */
  size(key: string): Promise<number | null>;
  /** Removes a blob. One that is not there is no error. */
  delete(key: string): Promise<void>;
  /** Where the store can take bytes straight from clients. */
  readonly direct?: {
    /**
     * Signs the upload of one blob of exactly these facts. The store refuses other sizes, and everything after `expiresAt`.
     */
    sign(key: string, facts: BlobFacts, expiresAt: Date): Promise<DirectUpload>;
  };
  /** Resolves when the store answers and takes writes, rejects when not. */
  ping(): Promise<void>;
  /** Lets go of connections and timers. */
  close(): Promise<void>;
}

/** There is no blob under the key. */
export class BlobNotFound extends Error {
  constructor(key: string) {
    super(`There is no blob ${key}.`);
    this.name = 'BlobNotFound';
  }
}

/** There is no room for more bytes. */
export class StorageFull extends Error {
  constructor(options?: ErrorOptions) {
    super('There is no room for more files.', options);
    this.name = 'StorageFull';
  }
}
