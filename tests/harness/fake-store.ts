import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import parseRange from 'range-parser';

export interface Failure {
  readonly status: number;
  readonly body: string;
  /** Which requests, by method and path; without it, any. */
  readonly when?: RegExp;
  /** How many of those get through before. */
  skip?: number;
}

/**
 * What the fakes of vendors have in common: a server on a free port that can be made to fail, and that counts what is under
 * way, so that tests see leaks.
 */
export abstract class FakeStore {
  /** Added to the time, in milliseconds. */
  clockOffset = 0;
  /** Each answers one request, before anything else is looked at. */
  readonly failures: Failure[] = [];
  /** Cuts the connection of each request whose body passes so many bytes. */
  cutUploadsAfter = Infinity;
  /** Sends so many bytes of each body, and then nothing more. */
  stallReadsAfter = Infinity;
  /** Requests that are not answered in full yet. */
  active = 0;
  /** Method and path of every request. */
  readonly requests: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.active += 1;
      response.once('close', () => {
        this.active -= 1;
      });
      this.requests.push(`${request.method} ${request.url}`);
      this.#handle(request, response).catch((error) => {
        if (!request.socket.destroyed) this.refuse(response, error);
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  now(): number {
    return Date.now() + this.clockOffset;
  }

  protected abstract handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void;
  protected abstract refuse(response: ServerResponse, error: unknown): void;

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of request) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      if (size > this.cutUploadsAfter) return void request.socket.destroy();
    }
    const failure = this.#failureOf(`${request.method} ${request.url}`);
    if (failure) response.writeHead(failure.status).end(failure.body);
    else this.handle(request, Buffer.concat(pieces), response);
  }

  #failureOf(line: string): Failure | null {
    const index = this.failures.findIndex(({ when }) => !when || when.test(line));
    const failure = this.failures[index];
    if (!failure) return null;
    if (failure.skip) {
      failure.skip -= 1;
      return null;
    }
    this.failures.splice(index, 1);
    return failure;
  }

  /** Sends content, or the range of it that was asked for, as RFC 9110 section 14 has it. */
  protected send(request: IncomingMessage, content: Buffer, response: ServerResponse, range = request.headers.range) {
    const found = range ? parseRange(content.length, range) : null;
    if (found === -1) return false;
    const part = Array.isArray(found) && found.length === 1 ? found[0] : undefined;
    const bytes = part ? content.subarray(part.start, part.end + 1) : content;
    if (part) response.setHeader('content-range', `bytes ${part.start}-${part.end}/${content.length}`);
    response.writeHead(part ? 206 : 200, { 'content-length': bytes.length, 'accept-ranges': 'bytes' });
    if (request.method === 'HEAD') response.end();
    else if (bytes.length > this.stallReadsAfter) response.write(bytes.subarray(0, this.stallReadsAfter));
    else response.end(bytes);
    return true;
  }
}
