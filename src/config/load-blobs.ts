import { join, resolve } from 'node:path';
import type { SettingKey } from './settings.ts';

/** Where blobs are kept, with what that store asks for. */
export type BlobConfig = {
  readonly store: 'disk';
  /** Absolute. */
  readonly directory: string;
};

/** How a part of the configuration is read. */
export interface Reading {
  /** What is set, without spaces around it; '' where nothing is. */
  text(key: SettingKey): string;
  problem(key: SettingKey, sentence: string): void;
}

/** Reads where blobs are kept. */
export function loadBlobs({ text, problem }: Reading, dataDirectory: string): BlobConfig {
  const store = text('blobs') || 'disk';
  if (store !== 'disk') problem('blobs', 'must be `disk`.');
  return { store: 'disk', directory: resolve(text('blobDirectory') || join(dataDirectory, 'blobs')) };
}
