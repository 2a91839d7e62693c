import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** A place that no file may tell: it is looked for, as text, in what comes out. */
export const secretPlace = 'Secret Place 48.2082N 16.3738E';

/** A picture with something to see. */
export const picture = (width = 60, height = 40): Sharp => {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = ((at * 7) % 251) ^ (at >> 5);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};

/** Three pictures of 20 x 20 that move. */
export const movingPicture = (): Sharp => {
  const pixels = Buffer.alloc(20 * 60 * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 7) % 251;
  return sharp(pixels, { raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } });
};

/** EXIF with coordinates and a place by name. */
export const exif = {
  IFD0: { Copyright: secretPlace },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 29/1', GPSLongitudeRef: 'E', GPSLongitude: '16/1 22/1 25/1' },
};

export const xmp =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,12.49N" ' +
  `exif:GPSLongitude="16,22.42E">${secretPlace}</rdf:Description></rdf:RDF></x:xmpmeta>`;

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A chunk of a PNG. */
export function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

export interface PngShape {
  readonly width: number;
  readonly height: number;
  /** Bits for each of its channels. */
  readonly depth?: number;
  /** 0: grey, 2: colours, 6: colours and alpha. */
  readonly colours?: 0 | 2 | 6;
  readonly interlaced?: boolean;
  /** Its pixels, compressed; without it, black in the size that it says. */
  readonly data?: Buffer;
}

export const header = ({ width, height, depth = 8, colours = 0, interlaced = false }: PngShape): Buffer =>
  chunk(
    'IHDR',
    Buffer.concat([uint32(width), uint32(height), Buffer.from([depth, colours, 0, 0, interlaced ? 1 : 0])]),
  );

/** Compressed black pixels, without all of them ever being in memory for long. */
export function blackPixels({ width, height, depth = 8, colours = 0 }: PngShape): Buffer {
  const channels = { 0: 1, 2: 3, 6: 4 }[colours];
  return deflateSync(Buffer.alloc((Math.ceil((width * channels * depth) / 8) + 1) * height), { level: 1 });
}

/** A PNG made by hand, of which sharp would make no such. */
export const png = (shape: PngShape, ...more: Buffer[]): Buffer =>
  Buffer.concat([signature, header(shape), ...more, chunk('IDAT', shape.data ?? blackPixels(shape)), chunk('IEND')]);

/** A PNG of 10 x 10 that moves: two pictures, the first of which is what others show. */
export function movingPng(...more: Buffer[]): Buffer {
  const shape = { width: 10, height: 10 };
  const control = (sequence: number): Buffer =>
    chunk(
      'fcTL',
      Buffer.concat([uint32(sequence), uint32(10), uint32(10), uint32(0), uint32(0), Buffer.from([0, 1, 0, 2, 0, 0])]),
    );
  const second = Buffer.concat([uint32(2), deflateSync(Buffer.alloc(11 * 10, 0x55))]);
  return Buffer.concat([
    signature,
    header(shape),
    ...more,
    chunk('acTL', Buffer.concat([uint32(2), uint32(0)])),
    control(0),
    chunk('IDAT', blackPixels(shape)),
    control(1),
    chunk('fdAT', second),
    chunk('IEND'),
  ]);
}

/** A GIF whose header says a size, with as many pictures of one pixel. */
export function gif(width: number, height: number, pictures = 1, comment = ''): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const one = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  const said = comment
    ? [Buffer.from([0x21, 0xfe, comment.length]), Buffer.from(comment, 'latin1'), Buffer.from([0])]
    : [];
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...said,
    ...Array.from({ length: pictures }, () => one),
    Buffer.from([0x3b]),
  ]);
}

/** A ZIP with one file of zeros. */
export function zip(name: string, size: number): Buffer {
  const content = Buffer.alloc(size);
  const data = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\0', 'latin1'),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** A WAV of one second that is silent and then loud. It may say that it is longer. */
export function wav(saidBytes?: number): Buffer {
  const [rate, head] = [8_000, Buffer.alloc(44)];
  const samples = Buffer.alloc(rate * 2);
  for (let at = rate / 2; at < rate; at += 1) samples.writeInt16LE(at % 2 === 0 ? 20_000 : -20_000, at * 2);
  head.write('RIFF....WAVEfmt ', 'latin1');
  head.writeUInt32LE((saidBytes ?? samples.length) + 36, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(saidBytes ?? samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** A box of an MP4, HEIC or AVIF. */
export const box = (name: string, data: Buffer | string): Buffer =>
  Buffer.concat([uint32(data.length + 8), Buffer.from(name, 'latin1'), Buffer.from(data as string, 'latin1')]);

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
