import type { Message } from '../index.ts';
import { indented, oneLine } from './plain-text.ts';
import { type Names, systemWords } from './system-words.ts';

/** What messages of the server and of the client have in common. */
export interface Said {
  readonly kind: Message['kind'];
  readonly text: string;
  readonly content?: Message['content'] | null;
  readonly senderId: string;
  readonly deletedAt?: string | null | undefined;
  readonly hidden?: boolean | undefined;
}

/** What a message says, whatever its kind: "[image sun.jpg] At the sea". */
export function messageWords(message: Said, names: Names): string {
  const { kind, text, content, senderId } = message;
  if (message.hidden) return '[deleted for you]';
  if (message.deletedAt) return '[deleted]';
  if (content && 'event' in content) return systemWords(content, senderId, names);
  if (kind === 'text') return indented(text);
  return [contentWords(kind, content ?? null), indented(text)].filter((part) => part !== '').join(' ');
}

function contentWords(kind: string, content: NonNullable<Message['content']> | null): string {
  if (!content) return `[${oneLine(kind)}]`;
  if ('media' in content) return label(kind, content.media.map(fileWords).filter(Boolean).join(', '));
  if ('latitude' in content) {
    const { name, address, latitude, longitude } = content;
    return label(kind, name || address || `${latitude}, ${longitude}`);
  }
  if ('phones' in content) return label(kind, [content.name, ...content.phones].join(' '));
  if ('url' in content) return `${label(kind, content.title ?? '')} ${oneLine(content.url)}`;
  return `[${oneLine(kind)}]`;
}

function fileWords({
  fileName,
  durationSeconds,
}: {
  fileName?: string | undefined;
  durationSeconds?: number | undefined;
}) {
  if (fileName) return fileName;
  if (durationSeconds === undefined) return '';
  const seconds = Math.round(durationSeconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const label = (kind: string, words: string): string => `[${oneLine(`${kind} ${words}`)}]`;
