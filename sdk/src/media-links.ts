import { ParleyError } from './errors.ts';
import type { Input, Output } from './request.ts';

/** A file that I see, and where. */
export type FileRef = Input<'media.links'>['files'][number];
export type FileLink = NonNullable<Output<'media.links'>['links'][number]>;

/** How long before its end a link is replaced, in milliseconds. */
const margin = 60_000;
/** The most that are asked for at once, as the server allows. */
const maxBatch = 100;
const maxHeld = 1_000;

interface Held {
  readonly link: Promise<FileLink>;
  /** When another is asked for, by the clock of this machine. */
  renewAt: number;
}

/** Links to files, each asked for once while it is good. What is wanted at the same time is asked for together. */
export class MediaLinks {
  readonly #ask: (files: FileRef[]) => Promise<readonly (FileLink | null)[]>;
  readonly #held = new Map<string, Held>();
  #wanted: { readonly file: FileRef; readonly settle: PromiseWithResolvers<FileLink> }[] = [];

  constructor(ask: (files: FileRef[]) => Promise<readonly (FileLink | null)[]>) {
    this.#ask = ask;
  }

  /**
   * @param personId for whom it is: nobody gets the link of another
   * @throws ParleyError `media_not_found`
   */
  get(personId: string, file: FileRef): Promise<FileLink> {
    const key = [personId, file.mediaId, file.conversationId, file.rendition].join();
    const found = this.#held.get(key);
    if (found && Date.now() < found.renewAt) return found.link;
    const held: Held = { link: this.#want(file), renewAt: Number.POSITIVE_INFINITY };
    this.#held.delete(key); // so that it is the youngest
    this.#held.set(key, held);
    held.link.then(
      ({ expiresAt }) => {
        held.renewAt = Date.parse(expiresAt) - margin;
      },
      () => {
        if (this.#held.get(key) === held) this.#held.delete(key);
      },
    );
    const [eldest] = this.#held.keys();
    if (this.#held.size > maxHeld && eldest !== undefined) this.#held.delete(eldest);
    return held.link;
  }

  #want(file: FileRef): Promise<FileLink> {
    const settle = Promise.withResolvers<FileLink>();
    if (this.#wanted.length === 0) queueMicrotask(() => this.#askAll());
    this.#wanted.push({ file, settle });
    return settle.promise;
  }

  #askAll(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let from = 0; from < wanted.length; from += maxBatch) {
      const batch = wanted.slice(from, from + maxBatch);
      this.#ask(batch.map(({ file }) => file)).then(
        (links) => {
          for (const [index, { settle }] of batch.entries()) {
            const link = links[index];
            if (link) settle.resolve(link);
            else settle.reject(new ParleyError('media_not_found', 'There is no such file, or you may not see it.'));
          }
        },
        (error: unknown) => {
          for (const { settle } of batch) settle.reject(error);
        },
      );
    }
  }
}
