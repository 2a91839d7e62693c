import { extname } from 'node:path';
import type { Folder } from '../routes/files.ts';

/** What clients of this door take a file for. */
export type FileKind = 'image' | 'video' | 'audio' | 'document';

const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const videos = ['video/mp4', 'video/quicktime', 'video/x-msvideo', 'video/vnd.avi', 'video/webm'];
const sounds = [
  'audio/mpeg',
  'audio/wav',
  'audio/x-wav',
  'audio/vnd.wave',
  'audio/ogg',
  'audio/opus',
  'application/ogg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/webm',
];
const documents = [
  'application/pdf',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'text/plain',
  'application/zip',
];
/** The old formats of three programs are one container: the extension says whose. */
const container = 'application/x-cfb';
const ofContainer = ['.doc', '.xls', '.ppt'];

/** What a file is, decided from its bytes; null where this door does not take it. */
export function fileKind(mimeType: string, fileName: string): FileKind | null {
  if (images.includes(mimeType)) return 'image';
  if (videos.includes(mimeType)) return 'video';
  if (sounds.includes(mimeType)) return 'audio';
  if (documents.includes(mimeType)) return 'document';
  return mimeType === container && ofContainer.includes(extname(fileName).toLowerCase()) ? 'document' : null;
}

/** The folder in the address of a file. */
export const folderOf = (kind: FileKind): Folder =>
  kind === 'audio' ? 'voice' : kind === 'document' ? 'documents' : 'messages';
