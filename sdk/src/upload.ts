import type { HttpRequest, HttpResponse, Upload, UploadOptions } from 'tus-js-client';
import { mayPass, ParleyError } from './errors.ts';
import type { Media } from './generated/protocol.ts';
import { refusalOf, type ServerAddress } from './rest.ts';
import { isOver, type Session } from './session.ts';
import type { UploadSource } from './upload-source.ts';

/** How many bytes are sent at once: what of it is lost with a connection is little, and proxies let it through. */
const pieceSize = 5 * 1024 * 1024;
/** Waits between tries, in milliseconds, begun anew by each that got on: some five minutes of no connection. */
const tries = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 60_000, 60_000, 60_000];

export interface ResumableUploadOptions {
  readonly address: ServerAddress;
  readonly session: Session;
  readonly source: UploadSource;
  readonly metadata: Record<string, string>;
  readonly onProgress: (sent: number, total: number) => void;
  /** Ends the upload here; what the server has of it stays. */
  readonly signal: AbortSignal;
}

/** An upload by tus 1.0.0 (https://tus.io/protocols/resumable-upload), which goes on where it was cut. */
export class ResumableUpload {
  readonly #options: ResumableUploadOptions;
  #mediaId: string | null = null;
  /** Why a piece of the file cannot be read. */
  #unreadable: unknown;

  constructor(options: ResumableUploadOptions) {
    this.#options = options;
  }

  /** The file on the server, as soon as it has one. */
  get mediaId(): string | null {
    return this.#mediaId;
  }

  /**
   * Sends all bytes.
   *
   * @returns the file's id
   * @throws ParleyError the server's refusal; `offline` where there was no connection for too long
   * @throws the signal's reason
   */
  async run(): Promise<string> {
    const { signal, source } = this.#options;
    // Only who uploads loads it.
    const tus = await import('tus-js-client');
    signal.throwIfAborted();
    const end = Promise.withResolvers<void>();
    const options = this.#tusOptions(end);
    // What it takes for a file is only given to `fileReader`.
    const upload: Upload = new tus.Upload(source as unknown as Blob, {
      ...options,
      // The library would take a path on the server for the whole address, and there may be a proxy before it.
      onUploadUrlAvailable: () => {
        this.#mediaId = upload.url?.split('/').at(-1) ?? '';
        upload.url = `${options.endpoint}/${this.#mediaId}`;
      },
    });
    const stop = (): void => {
      upload.abort().catch(() => {});
      end.reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      upload.start();
      await end.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      source.close();
    }
    return this.#mediaId ?? '';
  }

  #tusOptions({ resolve, reject }: PromiseWithResolvers<void>): UploadOptions {
    const { address, session, source, metadata, onProgress, signal } = this.#options;
    return {
      endpoint: `${address.api}/uploads`,
      metadata,
      chunkSize: pieceSize,
      retryDelays: tries,
      fileReader: { openFile: async () => this.#reader() },
      fingerprint: async () => '',
      storeFingerprintForResuming: false,
      onProgress: (sent) => {
        if (!signal.aborted) onProgress(sent, source.size);
      },
      onSuccess: () => resolve(),
      onError: (error) => reject(this.#reasonOf(error)),
      onShouldRetry: (error) => !signal.aborted && this.#unreadable === undefined && isPassing(causeOf(error)),
      onBeforeRequest: (request) => {
        // The library forgets that it was stopped while it was opening the file.
        signal.throwIfAborted();
        if (session.token === null) throw new ParleyError('signed_out', 'Sign in first.');
        request.setHeader('Authorization', `Bearer ${session.token}`);
      },
      onAfterResponse: (request, response) => this.#judge(request, response),
    };
  }

  #reader() {
    const { source } = this.#options;
    return {
      size: source.size,
      close() {},
      slice: async (start: number, end: number) => {
        try {
          const value = await source.read(start, end);
          return { value: Object.assign(value.subarray(), { size: value.length }), done: end >= source.size };
        } catch (error) {
          this.#unreadable = error;
          throw error;
        }
      },
    };
  }

  /**
   * Throws what the server refuses. The library would begin anew where it could not ask how far it is, for instance with
   * a token that has expired.
   */
  async #judge(request: HttpRequest, response: HttpResponse): Promise<void> {
    const status = response.getStatus();
    if (status < 400) return;
    const { session } = this.#options;
    if (request.getMethod() === 'HEAD' && this.#mediaId !== null) {
      // An answer without words: others are asked for them.
      const media = await session.call('media.get', { mediaId: this.#mediaId });
      assertNotRefused(media);
    }
    const refusal = refusalOf('The upload', { status }, response.getBody() ?? '');
    const token = request.getHeader('Authorization')?.replace('Bearer ', '') ?? '';
    await session.renewAfter(refusal, token);
    throw refusal;
  }

  #reasonOf(error: Error): unknown {
    if (this.#unreadable !== undefined) return this.#unreadable;
    const cause = causeOf(error);
    if (cause instanceof ParleyError) return cause;
    return new ParleyError('offline', 'The connection was lost for too long.', { cause: String(error) });
  }
}

/** @throws ParleyError `media_refused` */
export function assertNotRefused({ status, refusal }: Media): void {
  if (status !== 'refused') return;
  throw new ParleyError('media_refused', 'The file is not accepted.', { reason: refusal });
}

const causeOf = (error: Error): unknown => (error as { causingError?: unknown }).causingError ?? error;

/** Whether the same may be tried again soon, by the same session. */
export function isPassing(error: unknown): boolean {
  return mayPass(error) && !isOver(error) && !(error instanceof ParleyError && error.code === 'signed_out');
}
