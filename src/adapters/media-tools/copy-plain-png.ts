import { closeSync, openSync, writeSync } from 'node:fs';
import { ByteReader } from './byte-reader.ts';
import { isPlainChunk, pngChunks } from './picture-structure.ts';

const pieceBytes = 32 * 1024;

/** Copies those parts of a PNG that belong to its picture. It keeps moving, which libvips cannot write. */
export function copyPlainPng(from: string, to: string): void {
  const reader = new ByteReader(from);
  const file = openSync(to, 'wx');
  try {
    writeSync(file, reader.bytes(0, 8));
    for (const { name, at, size } of pngChunks(reader)) {
      if (!isPlainChunk(name)) continue;
      for (let done = 0; done < size; done += pieceBytes) {
        writeSync(file, reader.bytes(at + done, Math.min(pieceBytes, size - done)));
      }
    }
  } finally {
    closeSync(file);
    reader.close();
  }
}
