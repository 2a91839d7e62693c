import type { Mention, Message } from './generated/protocol.ts';

type Content = NonNullable<Message['content']>;
type ContentWith<Key extends PropertyKey> = Extract<Content, { [K in Key]: unknown }>;

/** Pictures, films, sounds and files, by the addresses that they were uploaded to. */
export type MediaContent = ContentWith<'media'>;
export type LocationContent = ContentWith<'latitude'>;
export type ContactContent = ContentWith<'phones'>;
export type LinkContent = Exclude<ContentWith<'url'>, { media: unknown }>;

interface Common {
  /** Id of a message of the same conversation that this one answers. */
  readonly replyTo?: string | undefined;
  /** Members who are named in the text. */
  readonly mentions?: readonly Mention[] | undefined;
}

interface Captioned extends Common {
  /** The caption. */
  readonly text?: string | undefined;
}

/** What is to be sent. */
export type Draft =
  | (Common & { readonly kind?: 'text' | undefined; readonly text: string; readonly content?: undefined })
  | (Captioned & {
      readonly kind: 'image' | 'video' | 'audio' | 'document' | 'sticker';
      readonly content: MediaContent;
    })
  | (Captioned & { readonly kind: 'location'; readonly content: LocationContent })
  | (Captioned & { readonly kind: 'contact'; readonly content: ContactContent })
  | (Captioned & { readonly kind: 'link'; readonly content: LinkContent });

/** What of a draft is not there is left out. */
export function parts({ kind = 'text', text = '', content, replyTo, mentions }: Draft): DraftParts {
  return {
    text,
    ...(kind !== 'text' && { kind }),
    ...(content !== undefined && { content }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions !== undefined && mentions.length > 0 && { mentions: [...mentions] }),
  };
}

/** A draft as it is stored and sent. A plain text has only `text`. */
export interface DraftParts {
  readonly text: string;
  readonly kind?: Message['kind'];
  readonly content?: Content;
  readonly replyTo?: string;
  readonly mentions?: Mention[];
}
