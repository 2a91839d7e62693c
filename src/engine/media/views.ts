import type { MediaPurpose, MediaRow, MediaStatus } from './store.ts';

/** A file, as its uploader sees it. What it has not is absent. */
export interface MediaView {
  readonly id: string;
  readonly purpose: MediaPurpose;
  readonly status: MediaStatus;
  /** Why it was refused. */
  readonly refusal?: string;
  readonly fileName: string;
  /** Decided from the bytes; absent until they are here. */
  readonly mimeType?: string;
  /** In bytes. */
  readonly size?: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationSeconds?: number;
  readonly blurhash?: string;
  readonly waveform?: readonly number[];
  /** There is a small picture of it, of this size. */
  readonly thumbnail?: { readonly width: number; readonly height: number };
  readonly createdAt: Date;
}

export function mediaView(row: MediaRow): MediaView {
  return {
    id: row.id,
    purpose: row.purpose,
    status: row.status,
    ...(row.refusal !== null && { refusal: row.refusal }),
    fileName: row.file_name,
    ...(row.mime_type !== null && { mimeType: row.mime_type }),
    ...(row.size !== null && { size: Number(row.size) }),
    ...row.facts,
    ...(row.thumbnail && { thumbnail: row.thumbnail }),
    createdAt: row.created_at,
  };
}

/** What a message says of a file that it shows. */
export function shownMedia(row: MediaRow) {
  const { id, purpose: _, status: _status, createdAt: _createdAt, ...file } = mediaView(row);
  return { mediaId: id, ...file };
}
