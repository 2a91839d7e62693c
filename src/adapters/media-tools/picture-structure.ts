import { ByteReader } from './byte-reader.ts';

/** What the parts of a picture's file say, without its pixels being read. */
export interface PictureStructure {
  /** Nothing but a picture: no metadata but its colours, no comments, nothing unknown, nothing behind its end. */
  readonly bare: boolean;
  /** In pixels, what a GIF says of itself. libvips believes less, and browsers make room for it. */
  readonly screen: { readonly width: number; readonly height: number } | null;
  /** Of a PNG, from 1 for one that does not move. */
  readonly pngFrames: number;
  /** Whether a WebP has lost nothing. */
  readonly lossless: boolean;
}

/** How one format is walked through: each finds what is more than a picture. */
const walks: Readonly<Record<string, (reader: ByteReader) => Partial<PictureStructure>>> = {
  'image/jpeg': (reader) => ({ bare: isBareJpeg(reader) }),
  'image/png': walkPng,
  'image/gif': (reader) => ({
    bare: isBareGif(reader),
    screen: { width: reader.bytes(6, 2).readUInt16LE(), height: reader.bytes(8, 2).readUInt16LE() },
  }),
  'image/webp': walkWebp,
  'image/avif': (reader) => ({ bare: isBareAvif(reader) }),
};

/** Walks through the parts of a file. What is malformed is not bare: decoding it will tell. */
export function readStructure(path: string, mimeType: string): PictureStructure {
  const reader = new ByteReader(path);
  try {
    return { bare: false, screen: null, pngFrames: 1, lossless: false, ...walks[mimeType]?.(reader) };
  } finally {
    reader.close();
  }
}

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B */
function isBareJpeg(reader: ByteReader): boolean {
  let at = 2;
  for (;;) {
    if (reader.byte(at) !== 0xff) return false;
    while (reader.byte(at) === 0xff) at += 1;
    const marker = reader.byte(at);
    at += 1;
    if (marker === 0xd9) return at === reader.size;
    const length = reader.bytes(at, 2).length === 2 ? reader.bytes(at, 2).readUInt16BE() : 0;
    if (length < 2 || !isPlainSegment(marker, length, reader.text(at + 2, 12))) return false;
    at += length;
    if (marker === 0xda) at = scanEnd(reader, at);
    if (at === -1) return false;
  }
}

function isPlainSegment(marker: number, length: number, begin: string): boolean {
  if (marker === 0xe0) return begin.startsWith('JFIF\0') && length === 16; // longer with a picture in it
  if (marker === 0xe2) return begin === 'ICC_PROFILE\0';
  if (marker === 0xee) return begin.startsWith('Adobe') && length === 14;
  return (marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xda && marker <= 0xdd);
}

/** Where the compressed pixels end: at the first marker that is none of their own. */
function scanEnd(reader: ByteReader, from: number): number {
  for (let at = from; ; at += 1) {
    at = reader.indexOf(0xff, at);
    if (at === -1) return -1;
    const next = reader.byte(at + 1);
    if (next === 0xff || next === 0 || (next >= 0xd0 && next <= 0xd7)) continue;
    return at;
  }
}

const plainChunks = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT'.split(' '),
);

/** Whether a chunk of a PNG belongs to its picture. */
export const isPlainChunk = (name: string): boolean => plainChunks.has(name);

/** The chunks of a PNG: https://www.w3.org/TR/png-3/#5DataRep. Ends early where they are malformed. */
export function* pngChunks(reader: ByteReader): Generator<{ name: string; at: number; size: number }> {
  for (let at = 8; at + 12 <= reader.size; ) {
    const name = reader.text(at + 4, 4);
    const size = reader.bytes(at, 4).readUInt32BE() + 12;
    if (at + size > reader.size) return;
    yield { name, at, size };
    if (name === 'IEND') return;
    at += size;
  }
}

function walkPng(reader: ByteReader): Partial<PictureStructure> {
  let [plain, ended, frames] = [true, false, 0];
  for (const { name, at, size } of pngChunks(reader)) {
    plain &&= isPlainChunk(name);
    if (name === 'fcTL') frames += 1;
    if (name === 'IEND') ended = size === 12 && at + size === reader.size;
  }
  return { bare: plain && ended, pngFrames: Math.max(1, frames) };
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function isBareGif(reader: ByteReader): boolean {
  const tableBytes = (packed: number): number => (packed & 0x80 ? 3 << ((packed & 7) + 1) : 0);
  /** Where data end that begin with the length of a first block. */
  const blocksEnd = (from: number): number => {
    let at = from;
    for (let length = reader.byte(at); length > 0; length = reader.byte(at)) at += length + 1;
    return at + 1;
  };
  let at = 13 + tableBytes(reader.byte(10));
  while (at < reader.size) {
    const kind = reader.byte(at);
    if (kind === 0x3b) return at + 1 === reader.size;
    if (kind === 0x2c) at = blocksEnd(at + 11 + tableBytes(reader.byte(at + 9)));
    else if (kind !== 0x21) return false;
    else if (reader.byte(at + 1) === 0xf9) at = blocksEnd(at + 2);
    else if (isGifLoop(reader.bytes(at, 19))) at += 19;
    else return false;
  }
  return false;
}

/** How often it is shown, which two programs have added to the format. */
function isGifLoop(block: Buffer): boolean {
  const program = block.toString('latin1', 3, 14);
  const shape = [block[1], block[2], block[14], block[15], block[18]].join();
  return shape === '255,11,3,1,0' && (program === 'NETSCAPE2.0' || program === 'ANIMEXTS1.0');
}

const plainWebpChunks = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

/** https://www.rfc-editor.org/rfc/rfc9649 */
function walkWebp(reader: ByteReader): Partial<PictureStructure> {
  let lossless = false;
  let bare = reader.size >= 12 && reader.bytes(4, 4).readUInt32LE() + 8 === reader.size;
  let at = 12;
  while (at + 8 <= reader.size) {
    const name = reader.text(at, 4);
    bare &&= plainWebpChunks.has(name);
    lossless ||= name === 'VP8L' || (name === 'ANMF' && reader.text(at + 24, 4) === 'VP8L');
    const size = reader.bytes(at + 4, 4).readUInt32LE();
    at += 8 + size + (size % 2);
  }
  return { bare: bare && at === reader.size, lossless };
}

/** Larger ones are not looked through. */
const maxMetaBytes = 60 * 1024;

/** https://aomediacodec.github.io/av1-avif/: boxes, of which `meta` names what is in the file. */
function isBareAvif(reader: ByteReader): boolean {
  let at = 0;
  while (at + 8 <= reader.size) {
    const size = reader.bytes(at, 4).readUInt32BE();
    const name = reader.text(at + 4, 4);
    if (size < 8 || !['ftyp', 'meta', 'mdat', 'moov'].includes(name)) return false;
    // Any other item than a picture; these letters by chance cost quality, no more.
    if (name === 'meta' && (size > maxMetaBytes || /Exif|mime|uri |udta/.test(reader.text(at, size)))) return false;
    at += size;
  }
  return at === reader.size;
}
