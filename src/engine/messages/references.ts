/** Which message another one answers. */
export interface ReplyTo {
  readonly messageId: string;
  readonly seq: number;
  readonly senderId: string;
}

/** Somebody named in a text, at a place in it, in UTF-16 code units. */
export interface Mention {
  readonly personId: string;
  readonly start: number;
  readonly length: number;
}
