import type { MediaContent, Message } from '../index.ts';
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

/** What a message says, whatever its kind: "[location Café] Here", "[image] sun.jpg, 2.3 MB – At the sea". */
export function messageWords(message: Said, names: Names): string {
  const { kind, text, content, senderId } = message;
  if (message.hidden) return '[deleted for you]';
  if (message.deletedAt) return '[deleted]';
  if (content && 'event' in content) return systemWords(content, senderId, names);
  if (kind === 'text') return indented(text);
  if (content && 'media' in content) return mediaWords(kind, content.media, indented(text));
  return [contentWords(kind, content ?? null), indented(text)].filter((part) => part !== '').join(' ');
}

function mediaWords(kind: string, media: MediaContent['media'], caption: string): string {
  const files = media.map(fileWords).filter((words) => words !== '');
  const said = [files.join('; '), caption].filter((part) => part !== '').join(' – ');
  return `[${oneLine(kind)}] ${said}`.trimEnd();
}

function contentWords(kind: string, content: NonNullable<Message['content']> | null): string {
  if (!content) return `[${oneLine(kind)}]`;
  if ('latitude' in content) {
    const { name, address, latitude, longitude } = content;
    return label(kind, name || address || `${latitude}, ${longitude}`);
  }
  if ('phones' in content) return label(kind, [content.name, ...content.phones].join(' '));
  if ('url' in content) return `${label(kind, content.title ?? '')} ${oneLine(content.url)}`;
  return `[${oneLine(kind)}]`;
}

/** "sun.jpg, 2.3 MB" */
function fileWords({ fileName, durationSeconds, size }: MediaContent['media'][number]): string {
  const parts = [
    fileName && oneLine(fileName),
    durationSeconds !== undefined && timeWords(durationSeconds),
    size !== undefined && sizeWords(size),
  ];
  return parts.filter(Boolean).join(', ');
}

function timeWords(durationSeconds: number): string {
  const seconds = Math.round(durationSeconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** How much bytes are, such as "2.3 MB". */
export function sizeWords(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  for (; amount >= 999.5 && unit < units.length - 1; unit += 1) amount /= 1_000;
  const rounded = unit > 0 && amount < 9.95 ? amount.toFixed(1) : String(Math.round(amount));
  return `${rounded.replace(/\.0$/, '')} ${units[unit]}`;
}

const label = (kind: string, words: string): string => `[${oneLine(`${kind} ${words}`)}]`;
