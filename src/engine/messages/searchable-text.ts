import type { MessageContent, MessageKind } from './content.ts';

/** What {@link searchableText} needs of a message. */
export interface SearchableMessage {
  readonly text: string;
  /** Whole, or as {@link searchableContentSql} brings it. */
  readonly content: MessageContent | null;
}

/**
 * All that a search finds a message by: its text, and what its content says to people. One part a line, so that no word
 * goes over from one part to the next.
 *
 * Signatures are made of it: whoever changes it counts up `signatureWay`.
 */
export function searchableText({ text, content }: SearchableMessage): string {
  return content === null ? text : [text, ...partsOf(content)].filter((part) => part !== undefined).join('\n');
}

function partsOf(content: MessageContent): readonly (string | undefined)[] {
  if ('media' in content) return content.media.map(({ fileName }) => fileName);
  if ('latitude' in content) return [content.name, content.address];
  // A number is found as it is written, and by its digits in a row.
  if ('phones' in content) {
    return [content.name, ...content.phones.flatMap((phone) => [phone, phone.replace(/[^\d+]/gu, '')])];
  }
  if ('event' in content) return [content.value === null ? undefined : content.value?.toString()];
  // What a client adds for itself, beside a text.
  if (!('url' in content)) return [];
  return [content.title, content.description, content.url];
}

const mediaKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const satisfies readonly MessageKind[];

/**
 * SQL of what {@link searchableText} needs of a message's content; null for texts. Of media the names of the files alone:
 * waveforms and the client's own data would weigh more than all that is searched.
 *
 * @param message alias of the table
 */
export const searchableContentSql = (message: string): string => `case
    when ${message}.kind = 'text' or ${message}.content is null then null
    when ${message}.kind in (${mediaKinds.map((kind) => `'${kind}'`).join(', ')}) then jsonb_build_object('media', (
      select coalesce(jsonb_agg(jsonb_build_object('fileName', name)), '[]')
      from jsonb_path_query(${message}.content, '$.media[*].fileName') as name
    ))
    else ${message}.content
  end`;
