import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rest, signIn } from '../harness/people.ts';
import { startServer } from '../harness/processes.ts';
import { Random } from '../harness/random.ts';
import { TusClient } from '../harness/tus.ts';

const mebibyte = 1024 * 1024;

export interface LargeUploadOptions {
  /** Of the server. */
  readonly environment: Readonly<Record<string, string>>;
  readonly megabytes: number;
  /** How often the connection is cut. */
  readonly cuts: number;
  /** At how many of the cuts the server is killed (SIGKILL) and started anew. */
  readonly kills: number;
  readonly seed: number;
}

export interface LargeUploadResult {
  /** Most memory of the server and its child processes over what they had before, in bytes. */
  readonly memory: number;
  readonly cuts: number;
  readonly kills: number;
  readonly milliseconds: number;
}

/**
 * Uploads a large file over tus to a server that is a process of its own, cuts and kills on the way, and compares what can be
 * downloaded then with what was sent.
 *
 * @throws Error that says what went wrong
 */
export async function runLargeUpload(options: LargeUploadOptions): Promise<LargeUploadResult> {
  const began = Date.now();
  const size = options.megabytes * mebibyte + 12_345;
  const environment = { PARLEY_MEDIA_MAX_BYTES: String(size), ...options.environment };
  const random = new Random(options.seed);
  let server = await startServer(environment);
  try {
    const person = await signIn(server, { name: 'Ann' });
    let memory = new MemoryWatch(server.child.pid ?? 0);
    let peak = 0;
    const client = () => new TusClient(server.url, person);
    const path = await client().create(size, { filename: 'large.bin' });
    const id = path.split('/').at(-1) ?? '';
    const content = () =>
      fetch(`${server.url}/v1/media/${id}/content`, { headers: { authorization: `Bearer ${person.token}` } });

    let offset = 0;
    for (let cut = 0; cut < options.cuts; cut += 1) {
      const room = (size - offset) / (options.cuts - cut + 1);
      const stopAfter = Math.floor(room * (0.5 + random.next() * 0.5));
      const cutAt = await client().send(path, offset, size - offset, piece, stopAfter);
      if (cutAt !== null) throw new Error(`The connection was not cut, but answered with ${cutAt}.`);
      if (cut < options.kills) {
        peak = Math.max(peak, memory.stop());
        await server.stop('SIGKILL');
        server = await startServer(environment);
        memory = new MemoryWatch(server.child.pid ?? 0);
      }
      const half = await content();
      await half.arrayBuffer();
      if (half.status !== 404) throw new Error(`Half a file was served, with ${half.status}.`);
      const now = await client().offset(path);
      if (now < offset || now >= size) throw new Error(`After a cut ${now} bytes are there, before it ${offset}.`);
      offset = now;
    }
    const status = await client().send(path, offset, size - offset, piece);
    if (status !== 204) throw new Error(`The last piece was answered with ${status}.`);
    const { body } = await rest(server, 'GET', `/media/${id}`, { token: person.token });
    if (body.status !== 'ready') throw new Error(`The file is not ready: ${JSON.stringify(body)}`);
    const answer = await content();
    if (answer.status !== 200 || !answer.body) throw new Error(`The file is served with ${answer.status}.`);
    const [hash, expected] = [createHash('sha256'), createHash('sha256')];
    let received = 0;
    for await (const chunk of answer.body) {
      hash.update(chunk);
      expected.update(piece(received, chunk.length));
      received += chunk.length;
    }
    if (received !== size) throw new Error(`${received} of ${size} bytes came back.`);
    if (hash.digest('hex') !== expected.digest('hex')) throw new Error('Other bytes came back than were sent.');
    peak = Math.max(peak, memory.stop());
    const { cuts, kills } = options;
    return { memory: peak, cuts, kills, milliseconds: Date.now() - began };
  } finally {
    await server.stop('SIGKILL');
  }
}

const pattern = createHash('sha512').update('parley').digest();
const block = Buffer.concat(Array.from({ length: 4_096 }, () => pattern));

/** Bytes of the file: any part can be made, and no two parts are the same. */
function piece(start: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const from = (start + at) % block.length;
    at += block.copy(bytes, at, from, Math.min(block.length, from + size - at));
  }
  // Each 4 KiB has its own number.
  for (let at = Math.ceil(start / 4_096) * 4_096; at + 8 <= start + size; at += 4_096) {
    bytes.writeDoubleLE(at, at - start);
  }
  return bytes;
}

/** Looks at the memory of a process and its children, five times a second. */
class MemoryWatch {
  readonly #pid: number;
  readonly #idle: number;
  #peak: number;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#idle = residentBytes(pid);
    this.#peak = this.#idle;
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, residentBytes(this.#pid));
    }, 200);
  }

  /** Ends, and returns the most over the first reading. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peak - this.#idle;
  }
}

/** Memory of a process and its children that they share with no file, in bytes. */
function residentBytes(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024;
    return children.reduce((sum, child) => sum + residentBytes(Number(child)), own);
  } catch {
    return 0; // it has ended meanwhile
  }
}
