import { createHash, randomBytes } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import pLimit from 'p-limit';
import { StorageFull } from '../ports/blobs.ts';
import { type MediaFacts, UnreadableMedia } from '../ports/media-tools.ts';
import { minute, second } from '../shared/clock.ts';
import { newId } from '../shared/ids.ts';
import { keepUnused, storageFull } from './begin-upload.ts';
import { deleteLoose, insertLoose } from './collection-store.ts';
import type { MediaDeps } from './deps.ts';
import { acceptsType, type Refusal } from './policy.ts';
import { lockKeptBytes, setSize } from './quota-store.ts';
import {
  claimMedia,
  findMedia,
  type MediaRow,
  type NewRendition,
  readyMedia,
  refuseMedia,
  selectAbandoned,
  setClaim,
} from './store.ts';

/** A node that has died is not waited for longer. */
const lease = minute;
const renewEvery = 20 * second;
/** After a failure that is not the file's, such as a scanner that does not answer. */
const retryAfter = 10 * second;
/** Files that one process looks into at the same time: half of the threads that read and write files are left to others. */
const atOnce = 2;
const resumedAtOnce = 20;
/** What is hashed in one turn, in bytes. */
const pieceBytes = 64 * 1024;

const mayBeMadeAnew = /^(image|video|audio)\/|\/ogg$/;

/** What becomes of a file that was looked into. */
type Verdict =
  | { readonly refusal: Refusal }
  | { readonly mimeType: string; readonly facts: MediaFacts; readonly path: string };

/**
 * Looks into files whose bytes are all here, stores them, and makes them ready or refuses them. Whatever dies in
 * between, it is done again: until the last statement nothing shows the file.
 */
export class UploadProcessor {
  readonly #deps: MediaDeps;
  /** Files that this process is at, so that it does not take its own for abandoned. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #slots = pLimit(atOnce);

  constructor(deps: MediaDeps) {
    this.#deps = deps;
  }

  /**
   * Looks into a file whose bytes are all here. Resolves when that is over, also where it has to be tried again later.
   *
   * @throws EngineError `storage_full`: it may be finished again
   */
  async process(id: string): Promise<void> {
    let running = this.#running.get(id);
    if (!running) {
      running = this.#slots(() => this.#claimed(id)).finally(() => this.#running.delete(id));
      this.#running.set(id, running);
    }
    return running;
  }

  /** Goes on with what was begun here and not finished. Run it now and then, on all nodes. */
  async resume(stopping?: AbortSignal): Promise<void> {
    const { database, clock, spool, onTrouble } = this.#deps;
    const rows = await database.read((reader) => selectAbandoned(reader, new Date(clock.now()), resumedAtOnce));
    for (const { id } of rows) {
      if (stopping?.aborted) return;
      // The bytes of others are on other machines.
      if (this.#running.has(id) || (await spool.size(id)) === null) continue;
      await this.process(id).catch((error) => onTrouble(error, 'processing of an upload'));
    }
  }

  /**
   * Goes on with uploads whose last piece had come when the process died, before anybody looked into them. Run it at the
   * start.
   */
  async recover(): Promise<void> {
    const { database, spool, onTrouble } = this.#deps;
    const ids = await spool.ids();
    for (const row of await database.read((reader) => findMedia(reader, ids))) {
      const complete = row.size !== null && (await spool.size(row.id)) === Number(row.size);
      if (row.status === 'refused' || row.status === 'ready') await spool.remove(row.id);
      else if (row.status === 'uploading' && complete) {
        await this.process(row.id).catch((error) => onTrouble(error, 'processing of an upload'));
      }
    }
  }

  /** Resolves when nothing is being looked into. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #claimed(id: string): Promise<void> {
    const { database, clock, onTrouble } = this.#deps;
    const at = clock.now();
    const row = await database.write((unit) =>
      claimMedia(unit, id, new Date(at), new Date(at + lease), new Date(at + keepUnused)),
    );
    if (!row) return;
    const claimUntil = (ms: number) => database.write((unit) => setClaim(unit, id, new Date(clock.now() + ms)));
    const renewal = setInterval(() => {
      claimUntil(lease).catch((error) => onTrouble(error, 'claim of an upload'));
    }, renewEvery);
    try {
      await this.#finish(row);
    } catch (error) {
      await claimUntil(retryAfter);
      if (error instanceof StorageFull) throw storageFull();
      onTrouble(error, 'processing of an upload');
    } finally {
      clearInterval(renewal);
    }
  }

  async #finish(row: MediaRow): Promise<void> {
    const { database, spool } = this.#deps;
    await spool.withDirectory(async (directory) => {
      const verdict = await this.#judge(row, directory);
      if ('refusal' in verdict) await database.write((unit) => refuseMedia(unit, row.id, verdict.refusal));
      else await this.#store(row, verdict);
    });
    await spool.remove(row.id);
  }

  async #judge(row: MediaRow, directory: string): Promise<Verdict> {
    const { tools, scanner, spool, rules } = this.#deps;
    const path = spool.path(row.id);
    const { size } = await stat(path);
    if (size === 0) return { refusal: 'empty' };
    if (!(await this.#fits(row, size))) return { refusal: 'over_quota' };
    const mimeType = await tools.detect(path);
    if (!acceptsType(rules, row.purpose, mimeType)) return { refusal: 'type_not_allowed' };
    if (scanner && (await scanner.scan(path)) !== null) return { refusal: 'infected' };
    // What is made of it takes about as much room again, until it is stored.
    const release = await spool.reserve(mayBeMadeAnew.test(mimeType) ? size : 0);
    try {
      const { mimeType: better = mimeType, ...facts } = await tools.inspect(path, mimeType, directory);
      if (!acceptsType(rules, row.purpose, better)) return { refusal: 'type_not_allowed' };
      return { mimeType: better, facts, path: facts.cleaned?.path ?? path };
    } catch (error) {
      if (error instanceof UnreadableMedia) return { refusal: error.reason };
      throw error;
    } finally {
      release();
    }
  }

  /** One whose size was not told before has to fit too. */
  #fits(row: MediaRow, size: number): Promise<boolean> {
    const { database, rules } = this.#deps;
    if (rules.personBytes === 0 || Number(row.size) === size) return Promise.resolve(true);
    return database.write(async (unit) => {
      const kept = await lockKeptBytes(unit, row.uploader_id, row.id);
      if (kept + size > rules.personBytes) return false;
      await setSize(unit, row.id, size);
      return true;
    });
  }

  async #store(row: MediaRow, { mimeType, facts, path }: Extract<Verdict, { facts: unknown }>): Promise<void> {
    const { database, clock, blobs, inTurn } = this.#deps;
    const { cleaned: _cleaned, thumbnail, ...kept } = facts;
    const parts = [
      { name: 'original' as const, path, mimeType },
      ...(thumbnail ? [{ name: 'thumbnail' as const, ...thumbnail }] : []),
    ];
    const renditions: (NewRendition & { path: string })[] = [];
    for (const part of parts) renditions.push({ ...part, key: newId(clock), ...(await measure(part.path, inTurn)) });
    const keys = renditions.map(({ key }) => key);
    await database.write((unit) => insertLoose(unit, keys, new Date(clock.now() + keepUnused)));
    for (const { key, path: from, size, mimeType: type } of renditions) {
      await blobs.put(key, from, { size, mimeType: type });
    }
    const photoKey = row.purpose === 'avatar' ? randomBytes(24).toString('base64url') : null;
    const size = renditions[0]?.size ?? 0;
    const vain = await database.write((unit) =>
      readyMedia(unit, { id: row.id, mimeType, size, facts: kept, photoKey }, renditions),
    );
    // The collector would remove them too, a day later.
    for (const key of vain) await blobs.delete(key);
    await database.write((unit) => deleteLoose(unit, vain));
  }

  /** A file as it is now. */
  async find(id: string): Promise<MediaRow | undefined> {
    return (await this.#deps.database.read((reader) => findMedia(reader, [id])))[0];
  }
}

/** Reads a file once, all of it into the same memory: the collector is slow at garbage of this size. */
async function measure(path: string, inTurn: MediaDeps['inTurn']): Promise<{ hash: Buffer; size: number }> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    for (let size = 0; ; ) {
      const read = await inTurn(async () => {
        const { bytesRead } = await file.read(piece, 0, pieceBytes, size);
        hash.update(piece.subarray(0, bytesRead));
        return bytesRead;
      });
      if (read === 0) return { hash: hash.digest(), size };
      size += read;
    }
  } finally {
    await file.close();
  }
}
