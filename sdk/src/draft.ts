import type { Media, Mention, Message } from './generated/protocol.ts';

type Content = NonNullable<Message['content']>;
type ContentWith<Key extends PropertyKey> = Extract<Content, { [K in Key]: unknown }>;

/** Pictures, films, sounds and files: here, by the `mediaId` of an upload, or elsewhere, by their `url`. */
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

/** What shows files. */
export type MediaKind = Extract<Draft, { readonly content: MediaContent }>['kind'];

/** A message that shows a file which was uploaded; of the kind that fits its type, if none is given. */
export function fileDraft(file: Media, { kind, text }: { kind?: MediaKind | undefined; text?: string | undefined }) {
  const { id: mediaId, purpose: _, status: __, refusal: ___, createdAt: ____, ...facts } = file;
  const draft: Draft = { kind: kind ?? kindOf(facts.mimeType), text, content: { media: [{ mediaId, ...facts }] } };
  return draft;
}

function kindOf(mimeType = ''): MediaKind {
  const [type] = mimeType.split('/');
  return type === 'image' || type === 'video' || type === 'audio' ? type : 'document';
}

/**
 * A draft as it goes to the server. Of a file that is there only its id is taken; what else is known of it is for this
 * app, to show the message while it waits.
 */
export function wire(draft: DraftParts): DraftParts {
  if (!draft.content || !('media' in draft.content)) return draft;
  const media = draft.content.media.map((item) => (item.mediaId === undefined ? item : { mediaId: item.mediaId }));
  return { ...draft, content: { ...draft.content, media } };
}

/** A draft as it is stored. A plain text has only `text`. */
export interface DraftParts {
  readonly text: string;
  readonly kind?: Message['kind'];
  readonly content?: Content;
  readonly replyTo?: string;
  readonly mentions?: Mention[];
}
