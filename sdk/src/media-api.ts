import { backoff, pause } from './backoff.ts';
import type { MediaKind } from './draft.ts';
import { ParleyError } from './errors.ts';
import type { Media } from './generated/protocol.ts';
import { type FileLink, type FileRef, MediaLinks } from './media-links.ts';
import { fetchRest, type ServerAddress } from './rest.ts';
import type { Session } from './session.ts';
import { assertNotRefused, isPassing, ResumableUpload } from './upload.ts';
import { type UploadFile, uploadSource } from './upload-source.ts';

export interface UploadOptions {
  /** As it is shown and saved. That of a `File` if not given. */
  readonly fileName?: string | undefined;
  /** `message` if not given. */
  readonly purpose?: Media['purpose'] | undefined;
  /** Bytes that were sent, and bytes in all. After a cut it goes back to what the server has. */
  readonly onProgress?: ((sent: number, total: number) => void) | undefined;
  /** Gives it up, here and on the server. */
  readonly signal?: AbortSignal | undefined;
}

/** A file to be uploaded and sent. */
export interface FileToSend extends Omit<UploadOptions, 'purpose'> {
  /** The caption. */
  readonly text?: string | undefined;
  /** By the type of the file if not given: image, video, audio or document. */
  readonly kind?: MediaKind | undefined;
}

/** Where a file is seen, and which of its renditions is meant. */
export interface FilePlace {
  /** The conversation where a message shows it. Without it, only files of my own. */
  readonly conversationId?: string | undefined;
  /** `original` if not given. */
  readonly rendition?: FileRef['rendition'];
}

export interface DownloadOptions extends FilePlace {
  /** Of the bytes, the first and the last that are wanted, from 0; to the end where no last is given. */
  readonly range?: { readonly first: number; readonly last?: number | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How often a file is asked for in vain, one time after the other, before its upload fails. */
const maxFailures = 10;

/** Files: to be sent in messages, or as photos. */
export class MediaApi {
  readonly #address: ServerAddress;
  readonly #session: Session;
  readonly #closing: AbortSignal;
  readonly #links: MediaLinks;

  constructor(address: ServerAddress, session: Session, closing: AbortSignal) {
    this.#address = address;
    this.#session = session;
    this.#closing = closing;
    this.#links = new MediaLinks((files) => this.links(files));
  }

  /**
   * Uploads a file, and waits until the server has looked into it. It goes on by itself after a cut of the network, for
   * some minutes, and after the access token has changed.
   *
   * @returns the file, which is `ready`: name it in a message by its id
   * @throws ParleyError `media_refused` (`details.reason`), `payload_too_large`, `storage_full`, `offline` and others
   * @throws the reason of `signal`, as `fetch` does
   */
  async upload(file: UploadFile, options: UploadOptions = {}): Promise<Media> {
    const { fileName = nameOf(file), purpose, onProgress = () => {}, signal } = options;
    const ended = new AbortController();
    const closed = (): void => ended.abort(new ParleyError('closed', 'The client was closed.'));
    this.#closing.addEventListener('abort', closed);
    if (this.#closing.aborted) closed();
    const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    const upload = new ResumableUpload({
      address: this.#address,
      session: this.#session,
      source: uploadSource(file),
      metadata: { ...(fileName && { filename: fileName }), ...(purpose && { purpose }) },
      onProgress,
      signal: either,
    });
    try {
      return await this.#ready(await upload.run(), either);
    } catch (error) {
      if (signal?.aborted && upload.mediaId) void this.#giveUp(upload.mediaId);
      throw error;
    } finally {
      this.#closing.removeEventListener('abort', closed);
    }
  }

  /** A file that I have uploaded. */
  get(mediaId: string): Promise<Media> {
    return this.#session.call('media.get', { mediaId });
  }

  /** Gives up a file that I have uploaded. Messages and photos that show it keep it. */
  async delete(mediaId: string): Promise<void> {
    await this.#session.call('media.delete', { mediaId });
  }

  /**
   * Short-lived addresses of files, for what sends no header, such as `<img>`. Whoever has one can use it.
   *
   * @param files at most 100
   * @returns in their order; null for a file that I do not see
   */
  async links(files: readonly FileRef[]): Promise<(FileLink | null)[]> {
    const { links } = await this.#session.call('media.links', { files: [...files] });
    return links.map((link) => link && { ...link, url: this.urlOf(link.url) });
  }

  /**
   * The address of one file: the same while it is good for another minute, by the clock of this machine. Call it
   * whenever it is shown.
   *
   * @throws ParleyError `media_not_found` where I do not see it
   */
  async link(mediaId: string, { conversationId, rendition = 'original' }: FilePlace = {}): Promise<string> {
    const { id = '' } = this.#session.profile ?? {};
    return (await this.#links.get(id, { mediaId, conversationId, rendition })).url;
  }

  /**
   * The bytes of a file, as they come.
   *
   * @returns the answer, of status 200, or 206 with a part of the bytes
   * @throws ParleyError `media_not_found`; `invalid_request` where the file ends before the range; and others
   * @throws the reason of `signal`, as `fetch` does
   */
  async download(mediaId: string, options: DownloadOptions = {}): Promise<Response> {
    const { conversationId, rendition, range, signal } = options;
    const query = conversationId === undefined ? '' : `?conversationId=${encodeURIComponent(conversationId)}`;
    const name = rendition === 'thumbnail' ? 'thumbnail' : 'content';
    const url = `${this.#address.api}/media/${encodeURIComponent(mediaId)}/${name}${query}`;
    const ended = signal ? AbortSignal.any([signal, this.#closing]) : this.#closing;
    try {
      return await this.#session.withToken((token) => {
        const headers = new Headers({ authorization: `Bearer ${token}` });
        if (range) headers.set('range', `bytes=${range.first}-${range.last ?? ''}`);
        return fetchRest('media.download', new Request(url, { headers }), ended);
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ParleyError) || error.details.status !== 416) throw error;
      throw new ParleyError('invalid_request', 'The file has no such bytes.', { path: '/range' });
    }
  }

  /** The whole address of what the server names by a path, such as the `photoUrl` of a person. */
  urlOf(path: string): string {
    return path.startsWith('/') ? `${this.#address.base}${path}` : path;
  }

  /** Waits while a file is looked into. */
  async #ready(mediaId: string, signal: AbortSignal): Promise<Media> {
    for (let [attempt, failures] = [1, 0]; ; attempt += 1) {
      try {
        const media = await this.get(mediaId);
        assertNotRefused(media);
        if (media.status === 'ready') return media;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures === maxFailures) throw error;
      }
      signal.throwIfAborted();
      await pause(backoff(attempt), signal);
      signal.throwIfAborted();
    }
  }

  /** Has the server forget an upload. What cannot be said now it finds out by itself, after a day. */
  async #giveUp(mediaId: string): Promise<void> {
    const url = `${this.#address.api}/uploads/${mediaId}`;
    try {
      await this.#session.withToken((token) => {
        const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
        return fetchRest('The upload', new Request(url, { method: 'DELETE', headers }), this.#closing);
      });
    } catch {
      // All of it was there already: then it is a file.
      await this.delete(mediaId).catch(() => {});
    }
  }
}

const nameOf = (file: UploadFile): string | undefined => (file as { name?: string }).name;
