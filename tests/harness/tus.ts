import { request } from 'node:http';
import type { TestPerson } from './people.ts';

const base = { 'Tus-Resumable': '1.0.0' };

/** A client of tus 1.0.0 that can be cut anywhere. */
export class TusClient {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, person: Pick<TestPerson, 'token'>) {
    this.#origin = origin;
    this.#token = person.token;
  }

  async call(method: string, path: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>) {
    const answer = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { ...base, authorization: `Bearer ${this.#token}`, ...headers },
      ...(body && { body }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Begins an upload and returns its path. */
  async create(size: number, metadata: Record<string, string> = {}): Promise<string> {
    const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    const answer = await this.call('POST', '/v1/uploads', {
      'Upload-Length': String(size),
      ...(encoded.length > 0 && { 'Upload-Metadata': encoded.join(',') }),
    });
    const location = answer.headers.get('location');
    if (answer.status !== 201 || location === null) throw new Error(`No upload: ${answer.status} ${answer.text}`);
    return location;
  }

  /** How many bytes have arrived. */
  async offset(path: string): Promise<number> {
    const { status, headers } = await this.call('HEAD', path);
    if (status !== 200) throw new Error(`No offset: ${status}`);
    return Number(headers.get('upload-offset'));
  }

  append(path: string, offset: number, bytes: Uint8Array<ArrayBuffer>) {
    return this.call(
      'PATCH',
      path,
      { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      bytes,
    );
  }

  /**
   * Sends what is missing, as clients do: asks for the offset, and asks again where bytes of a connection that was cut have
   * come after the answer.
   *
   * @returns the status of the last answer
   */
  async finish(path: string, size: number, piece: (start: number, size: number) => Buffer): Promise<number | null> {
    for (let round = 1; ; round += 1) {
      const offset = await this.offset(path);
      const status = await this.send(path, offset, size - offset, piece);
      if (status !== 409 || round === 5) return status;
    }
  }

  /**
   * Sends pieces that a generator makes, from an offset, and cuts the connection when `stopAfter` bytes are written.
   *
   * @returns status of the answer, or null where the connection was cut
   */
  send(
    path: string,
    offset: number,
    length: number,
    piece: (start: number, size: number) => Buffer,
    stopAfter = Number.POSITIVE_INFINITY,
  ): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const upload = request(`${this.#origin}${path}`, {
        method: 'PATCH',
        headers: {
          ...base,
          authorization: `Bearer ${this.#token}`,
          'Upload-Offset': String(offset),
          'Content-Type': 'application/offset+octet-stream',
          'Content-Length': String(length),
        },
      });
      let cut = false;
      upload.on('response', (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? null));
      });
      upload.on('error', (error) => (cut ? resolve(null) : reject(error)));
      let sent = 0;
      const write = (): void => {
        while (sent < length) {
          if (sent >= stopAfter) {
            cut = true;
            upload.destroy();
            resolve(null);
            return;
          }
          const size = Math.min(256 * 1024, length - sent);
          sent += size;
          if (!upload.write(piece(offset + sent - size, size))) {
            upload.once('drain', write);
            return;
          }
        }
        upload.end();
      };
      write();
    });
  }
}
