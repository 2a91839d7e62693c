/** A picture that was made from a file: a thumbnail, or the poster of a video. */
export interface MadePicture {
  /** A new file, the caller's to remove. */
  readonly path: string;
  readonly mimeType: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** What is known of an image, a video or a recording. */
export interface MediaFacts {
  /** What it is, where that took more than its first bytes: `audio/webm` of what `detect` had to call `video/webm`. */
  readonly mimeType?: string;
  /** In pixels, as it is shown: turned as the camera says. */
  readonly width?: number;
  /** In pixels. */
  readonly height?: number;
  readonly durationSeconds?: number;
  /** https://blurha.sh */
  readonly blurhash?: string;
  /** 64 values from 0 to 255: how loud a recording is over its time. */
  readonly waveform?: readonly number[];
  /** A small picture of it: of an image, or of a moment of a video. */
  readonly thumbnail?: MadePicture;
  /** The file without what it said of its maker (place, camera, names); left out where it said nothing. */
  readonly cleaned?: { readonly path: string };
}

/**
 * Looks into files that strangers have sent.
 *
 * Guarantees: no file makes the process fail, hold more memory than a limit, or work for longer than a limit; it is looked
 * at in a process of its own. What cannot be read is refused with UnreadableMedia, never with another error.
 */
export interface MediaTools {
  /**
   * The media type, from the bytes alone. `application/octet-stream` where they are of no known type; text is
   * `text/plain`, or `text/html` and `image/svg+xml` where a browser might take it for them.
   */
  detect(path: string): Promise<string>;
  /**
   * Facts of an image, a video or a recording.
   *
   * @param directory where files that are made go: all together little more than what is looked into
   * @returns nothing where the type has no facts, or where what would be needed is not on this machine
   * @throws UnreadableMedia; another error where the machine is to blame, or the tools were closed: then try again later
   */
  inspect(path: string, mimeType: string, directory: string): Promise<MediaFacts>;
  /** Ends what it has started. */
  close(): Promise<void>;
}

/** A file is not what its first bytes say, is damaged, or would take too much to be looked at. */
export class UnreadableMedia extends Error {
  readonly reason: 'damaged' | 'too_many_pixels' | 'too_long' | 'unsupported';

  /** @param message one sentence for a developer */
  constructor(reason: UnreadableMedia['reason'], message: string) {
    super(message);
    this.name = 'UnreadableMedia';
    this.reason = reason;
  }
}
