/** How a page is fetched. */
export interface FetchOptions {
  /** Of the decoded body, in bytes. */
  readonly maxBytes: number;
  /** Media types that are taken, such as `text/html`; others are refused. */
  readonly accept: readonly string[];
  /** What is beyond `maxBytes` is left out. Otherwise a longer body is refused. */
  readonly cut: boolean;
}

/** What was at an address. */
export interface WebPage {
  /** After all redirects. */
  readonly url: string;
  /** As the server says, in lower case and without parameters. */
  readonly mimeType: string;
  /** As the server says, or null. */
  readonly charset: string | null;
  /** Without content encoding. */
  readonly bytes: Uint8Array;
  /** False where something was cut off. */
  readonly complete: boolean;
}

/**
 * Fetches what strangers have named, from the web and nowhere else.
 *
 * Guarantees: nothing is sent to, and no connection opened with, an address that is not public, but for networks that the
 * operator allows; that holds for each redirect, for every way to write an address, and for names whose addresses change
 * between two questions. Certificates are verified. No cookies and no credentials are sent. One fetch ends within a limit
 * of time and holds little more memory than `maxBytes`, whatever the other side sends.
 *
 * Concurrency: everything may run at once; few fetches go out at a time and the others wait.
 *
 * Failures: PageUnavailable for all that an address or its server can be the reason of. `overloaded` where too many wait.
 */
export interface WebPages {
  /**
   * Fetches with GET.
   *
   * @param url any text
   * @throws PageUnavailable, EngineError `overloaded`
   */
  fetch(url: string, options: FetchOptions): Promise<WebPage>;
  /** Ends what is going on. */
  close(): Promise<void>;
}

/** Why a page could not be had. For the log and for tests: told to a stranger, it would describe the inner network. */
export type UnavailableReason =
  | 'forbidden'
  | 'unreachable'
  | 'status'
  | 'type'
  | 'too_large'
  | 'too_many_redirects'
  | 'too_slow';

/** An address gives nothing, or nothing may be fetched from it. */
export class PageUnavailable extends Error {
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason, options?: ErrorOptions) {
    super(`The page cannot be had: ${reason}.`, options);
    this.name = 'PageUnavailable';
    this.reason = reason;
  }
}
