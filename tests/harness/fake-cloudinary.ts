import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FakeStore } from './fake-store.ts';

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Buffer | null;
}

/** https://cloudinary.com/documentation/upload_images#chunked_asset_upload */
const smallestChunk = 5 * 1024 * 1024;
const largestRequest = 100 * 1024 * 1024;
/** Of a signature: https://cloudinary.com/documentation/authentication_signatures */
const hour = 3_600;
const notSigned = new Set(['file', 'cloud_name', 'resource_type', 'api_key', 'signature']);

/**
 * A cloud of Cloudinary, as far as raw files of type `authenticated` go, which refuses what Cloudinary refuses: the Upload
 * API (https://cloudinary.com/documentation/image_upload_api_reference), and delivery under signed addresses.
 */
export class FakeCloudinary extends FakeStore {
  readonly cloudName = 'parley-tests';
  readonly apiKey = '123456789012345';
  readonly apiSecret = 'not-a-secret-of-any-cloud';
  readonly files = new Map<string, Buffer>();
  /** Chunks that have come, by the id of their upload. */
  readonly chunks = new Map<string, Buffer>();
  /** A network that delivers may answer a range with the whole: RFC 9110, section 14.2. */
  ignoreRanges = false;

  protected override handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const path = new URL(request.url ?? '', this.url).pathname;
    if (request.method === 'GET' || request.method === 'HEAD') this.#deliver(path, request, response);
    else this.#call(path, request, body, response);
  }

  #call(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const [, cloud, action] = /^\/v1_1\/([^/]+)\/raw\/(upload|destroy)$/.exec(path) ?? [];
    if (request.method !== 'POST' || action === undefined) throw new Refusal(404, 'Not found');
    if (cloud !== this.cloudName) throw new Refusal(401, `Invalid cloud_name ${cloud}`);
    const form = parseForm(request.headers['content-type'] ?? '', body);
    this.#checkSignature(form.fields);
    const key = form.fields.get('public_id') ?? '';
    if (form.fields.get('type') !== 'authenticated' || key === '') throw new Refusal(400, 'Not what Parley asks for');
    const answer = action === 'upload' ? this.#upload(key, form.file, request) : this.#destroy(key);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  protected override refuse(response: ServerResponse, error: unknown): void {
    const { status, message } = error instanceof Refusal ? error : new Refusal(500, String(error));
    response.writeHead(status, { 'content-type': 'application/json', 'x-cld-error': message.replace(/\s+/g, ' ') });
    response.end(JSON.stringify({ error: { message } }));
  }

  #checkSignature(fields: ReadonlyMap<string, string>): void {
    if (fields.get('api_key') !== this.apiKey) throw new Refusal(401, `Invalid api_key ${fields.get('api_key')}`);
    const time = Number(fields.get('timestamp'));
    if (!Number.isInteger(time)) throw new Refusal(400, 'Missing required parameter - timestamp');
    if (Math.abs(time - this.now() / 1_000) > hour) throw new Refusal(400, 'Stale request - more than 1 hour ago');
    const text = [...fields]
      .filter(([name, value]) => !notSigned.has(name) && value !== '')
      .map(([name, value]) => `${name}=${value}`.replaceAll('&', '%26'))
      .sort()
      .join('&');
    const given = fields.get('signature') ?? '';
    const hash = createHash(given.length === 64 ? 'sha256' : 'sha1');
    if (hash.update(text + this.apiSecret).digest('hex') !== given) {
      throw new Refusal(401, `Invalid Signature ${given}. String to sign - '${text}'.`);
    }
  }

  #upload(key: string, file: Buffer | null, { headers }: IncomingMessage): object {
    if (file === null || file.length === 0) throw new Refusal(400, 'Empty file');
    if (file.length > largestRequest) throw new Refusal(400, `File size too large. Got ${file.length}.`);
    const id = headers['x-unique-upload-id'];
    if (id === undefined) return this.#store(key, file);
    const [first, last, total] =
      /^bytes (\d+)-(\d+)\/(-1|\d+)$/
        .exec(headers['content-range'] ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    const before = this.chunks.get(String(id)) ?? Buffer.alloc(0);
    if (first !== before.length || last !== first + file.length - 1) throw new Refusal(400, 'Invalid Content-Range');
    const whole = Buffer.concat([before, file]);
    if (whole.length !== total) {
      if (file.length < smallestChunk) throw new Refusal(400, 'All parts except EOF-chunk must be larger than 5mb');
      this.chunks.set(String(id), whole);
      return { done: false, bytes: whole.length, public_id: key };
    }
    this.chunks.delete(String(id));
    return this.#store(key, whole);
  }

  #store(key: string, file: Buffer): object {
    this.files.set(key, file);
    return { public_id: key, bytes: file.length, resource_type: 'raw', type: 'authenticated' };
  }

  #destroy(key: string): object {
    return { result: this.files.delete(key) ? 'ok' : 'not found' };
  }

  /** https://cloudinary.com/documentation/delivery_url_signatures: 8 characters, or 32 of SHA-256. */
  #deliver(path: string, request: IncomingMessage, response: ServerResponse): void {
    const form = /^\/([^/]+)\/raw\/authenticated\/(?:s--([\w-]+)--\/)?([^/]+)$/;
    const [, cloud, signature = '', key = ''] = form.exec(path) ?? [];
    if (cloud !== this.cloudName) throw new Refusal(404, 'Unknown customer');
    const hash = (algorithm: string): string =>
      createHash(algorithm)
        .update(decodeURIComponent(key) + this.apiSecret)
        .digest('base64url');
    const long = hash('sha256').slice(0, 32);
    if (![long, long.slice(0, 8), hash('sha1').slice(0, 8)].includes(signature)) {
      throw new Refusal(401, `Invalid signature ${signature}`);
    }
    const file = this.files.get(key);
    if (!file) throw new Refusal(404, `Resource not found - ${key}`);
    const sent = this.send(request, file, response, this.ignoreRanges ? undefined : request.headers.range);
    if (!sent) throw new Refusal(416, 'Range not satisfiable');
  }
}

/** multipart/form-data, RFC 7578. */
function parseForm(contentType: string, body: Buffer): Form {
  const boundary = /^multipart\/form-data; ?boundary=(.+)$/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Refusal(400, 'Invalid request');
  const fields = new Map<string, string>();
  let file: Buffer | null = null;
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at !== -1; ) {
    const start = at + mark.length + 2;
    at = body.indexOf(mark, start);
    if (at === -1) break;
    const end = body.indexOf('\r\n\r\n', start);
    const head = body.subarray(start, end).toString();
    const content = body.subarray(end + 4, at - 2);
    const name = / name="([^"]*)"/.exec(head)?.[1] ?? '';
    if (/ filename="/.test(head)) file = content;
    else fields.set(name, content.toString());
  }
  return { fields, file };
}
