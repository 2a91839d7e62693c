import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlobNotFound, type BlobStore, StorageFull } from '../../../src/engine/ports/blobs.ts';
import { newId } from '../../../src/engine/shared/ids.ts';

/** A store, and what a test has to see and do behind its back. */
export interface Subject {
  readonly store: BlobStore;
  /** Descriptors or requests that are open. */
  open(): number;
  /** Everything that takes room in it: blobs, and what is left of puts that failed. */
  held(): number;
  /** The store is not there any more. */
  vanish(): Promise<void>;
  /** Ends each put in its middle. Left out where no put has a middle. */
  cutPuts?(): void;
  /** Leaves so little room that no file fits. Left out where that cannot be. */
  fill?(): Promise<void>;
  /** Lets go of everything. */
  remove(): Promise<void>;
}

const key = (): string => newId({ now: () => Date.now() });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const mib = 1024 * 1024;

/**
 * What must hold for every blob store.
 *
 * @param sources where the files are that are put; another file system than the store's is another way for it
 */
export function blobContract(make: () => Promise<Subject>, sources: () => string): void {
  let subject: Subject;
  let store: BlobStore;
  const made: string[] = [];
  beforeEach(async () => {
    subject = await make();
    store = subject.store;
  });
  afterEach(async () => {
    await store.close();
    await subject.remove();
    for (const path of made.splice(0)) rmSync(path, { force: true });
  });

  function file(bytes: Buffer): string {
    const path = join(sources(), key());
    writeFileSync(path, bytes);
    made.push(path);
    return path;
  }
  async function put(bytes: Buffer, name = key()): Promise<string> {
    await store.put(name, file(bytes), { size: bytes.length, mimeType: 'image/png' });
    return name;
  }
  const read = async (...args: Parameters<BlobStore['read']>): Promise<Buffer> => buffer(await store.read(...args));

  test('gives back what was put, its size, and any part of it', async () => {
    const bytes = randomBytes(100_000);
    const name = await put(bytes);
    expect(await store.size(name)).toBe(100_000);
    expect((await read(name)).equals(bytes)).toBe(true);
    for (const [first, last] of [
      [0, 0],
      [0, 99_999],
      [99_999, 99_999],
      [1_000, 70_000],
    ] as const) {
      expect((await read(name, { first, last })).equals(bytes.subarray(first, last + 1)), `${first}-${last}`).toBe(
        true,
      );
    }
  });

  test('leaves the file where it was, and does not need it any more', async () => {
    const bytes = randomBytes(5_000);
    const path = file(bytes);
    const name = key();
    await store.put(name, path, { size: bytes.length, mimeType: 'application/pdf' });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    rmSync(path);
    expect((await read(name)).equals(bytes)).toBe(true);
  });

  test('a blob that is not there has no size, cannot be read, and can be deleted', async () => {
    const name = key();
    expect(await store.size(name)).toBeNull();
    await expect(store.read(name)).rejects.toBeInstanceOf(BlobNotFound);
    await expect(store.read(name, { first: 0, last: 9 })).rejects.toBeInstanceOf(BlobNotFound);
    await store.delete(name);
  });

  test('what is deleted is gone, and nothing else', async () => {
    const kept = randomBytes(1_000);
    const [one, other] = [await put(randomBytes(1_000)), await put(kept)];
    await store.delete(one);
    await store.delete(one);
    expect(await store.size(one)).toBeNull();
    await expect(store.read(one)).rejects.toBeInstanceOf(BlobNotFound);
    expect((await read(other)).equals(kept)).toBe(true);
    expect(subject.held()).toBe(1);
  });

  test('takes and streams a large file, and parts across its pieces', async () => {
    const bytes = randomBytes(16 * mib + 123);
    const name = await put(bytes);
    expect(await store.size(name)).toBe(bytes.length);
    expect(sha256(await read(name))).toBe(sha256(bytes));
    for (const middle of [5 * mib, 8 * mib, 15 * mib]) {
      const range = { first: middle - 70_000, last: middle + 70_000 };
      expect((await read(name, range)).equals(bytes.subarray(range.first, range.last + 1))).toBe(true);
    }
    expect(subject.held()).toBe(1);
  });

  test.each([0, 1])('takes a file of exactly a piece, and %s bytes', async (more) => {
    const bytes = Buffer.alloc(8 * mib + more, 7);
    const name = await put(bytes);
    expect(await store.size(name)).toBe(bytes.length);
    expect((await read(name, { first: bytes.length - 10, last: bytes.length - 1 })).length).toBe(10);
  });

  test('many at once do not disturb each other', async () => {
    const all = Array.from({ length: 20 }, (_, n) => Buffer.alloc(50_000 + n, n));
    const names = await Promise.all(all.map((bytes) => put(bytes)));
    const back = await Promise.all(names.map((name) => read(name)));
    expect(back.map((bytes, n) => bytes.equals(all[n] as Buffer))).toEqual(all.map(() => true));
    const same = await Promise.all(names.map(() => read(names[3] as string)));
    expect(same.every((bytes) => bytes.equals(all[3] as Buffer))).toBe(true);
  });

  test('a file that is not of the size that was said, or is not there, leaves nothing', async () => {
    const name = key();
    const path = file(randomBytes(1_000));
    await expect(store.put(name, path, { size: 1_001, mimeType: 'image/png' })).rejects.toThrow('1000 bytes, not 1001');
    await expect(store.put(name, `${path}-none`, { size: 1, mimeType: 'image/png' })).rejects.toThrow('ENOENT');
    expect(await store.size(name)).toBeNull();
    expect(subject.held()).toBe(0);
  });

  test.each(['', '.', '..', '../x', 'a/b', 'a b', 'ä', '.incoming', 'a%2e', 'a'.repeat(101)])(
    'refuses what is no key: %j',
    async (name) => {
      const path = file(randomBytes(10));
      await expect(store.put(name, path, { size: 10, mimeType: 'image/png' })).rejects.toThrow(RangeError);
      await expect(store.read(name)).rejects.toThrow(RangeError);
      await expect(store.size(name)).rejects.toThrow(RangeError);
      await expect(store.delete(name)).rejects.toThrow(RangeError);
      expect(subject.held()).toBe(0);
    },
  );

  test('takes every kind of key that the port allows', async () => {
    for (const name of ['a', '7', '-', 'A-z', 'x'.repeat(100)]) {
      const bytes = Buffer.from(`bytes of ${name}`);
      await put(bytes, name);
      expect((await read(name)).equals(bytes)).toBe(true);
    }
  });

  test('a reader that leaves half-way, or before it began, leaves nothing open', async () => {
    const name = await put(randomBytes(8 * mib));
    expect(subject.open()).toBe(0);
    const left: Readable[] = [];
    for (let round = 0; round < 8; round += 1) {
      const stream = await store.read(name, round % 2 === 0 ? undefined : { first: 5, last: 7 * mib });
      left.push(stream);
      if (round < 4) await once(stream, 'readable');
      if (round < 2) stream.read(1_000);
    }
    expect(subject.open()).toBeGreaterThan(0);
    for (const stream of left) stream.destroy();
    await expect.poll(() => subject.open()).toBe(0);
    expect(await store.size(name)).toBe(8 * mib);
  });

  test('reads no faster than its reader', async () => {
    const bytes = randomBytes(8 * mib);
    const name = await put(bytes);
    const stream = await store.read(name);
    await once(stream, 'readable');
    // Nothing is taken: what is ahead stays small, however long it waits.
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(stream.readableLength).toBeLessThan(2 * mib);
    expect(sha256(await buffer(stream))).toBe(sha256(bytes));
  });

  test('a put that is cut leaves nothing to read', async (context) => {
    if (!subject.cutPuts) return context.skip('a file is linked in one step');
    const name = key();
    subject.cutPuts();
    await expect(put(randomBytes(9 * mib), name)).rejects.toThrow();
    await expect(put(randomBytes(100_000), name)).rejects.toThrow();
    expect(await store.size(name)).toBeNull();
    await expect(store.read(name)).rejects.toBeInstanceOf(BlobNotFound);
    expect(subject.held()).toBe(0);
  });

  test('a full store says so, and keeps nothing of the file', async (context) => {
    if (!subject.fill) return context.skip('this store is never full, or only root can make it so');
    const kept = await put(randomBytes(1_000));
    await subject.fill();
    const before = subject.held();
    for (const size of [300_000, 9 * mib]) {
      await expect(put(randomBytes(size))).rejects.toBeInstanceOf(StorageFull);
      expect(subject.held()).toBe(before);
    }
    expect(await store.size(kept)).toBe(1_000);
  });

  test('answers a ping, time and again, and leaves no trace of it in the way of blobs', async () => {
    await store.ping();
    await store.ping();
    const name = await put(randomBytes(10));
    await store.ping();
    expect(await store.size(name)).toBe(10);
  });

  test('when it is gone, nothing is taken for missing or stored', async () => {
    const name = await put(randomBytes(10));
    const path = file(randomBytes(20));
    await store.ping();
    await subject.vanish();
    await expect(store.ping()).rejects.toThrow();
    const error = await store.put(key(), path, { size: 20, mimeType: 'image/png' }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StorageFull);
    await expect(store.read(name)).rejects.not.toBeInstanceOf(BlobNotFound);
    await expect(store.size(name)).rejects.toThrow();
    await expect(store.delete(name)).rejects.toThrow();
  });
}
