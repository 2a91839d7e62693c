import { gzipSync } from 'node:zlib';
import type { Refusal } from '../../src/engine/media/policy.ts';
import { awkwardNames } from './awkward-names.ts';
import { eicar } from './fake-clamd.ts';
import * as make from './picture-bytes.ts';

/** What a person might send, by accident or not, and what becomes of it. docs/media-files.md says the same for people. */
export interface AwkwardFile {
  /** As it is uploaded. */
  readonly name: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
  /** What `detect` says. */
  readonly type: string;
  readonly expected: Refused | Ready;
  /** The name that it is shown under, where that is another. */
  readonly keptName?: string;
}

export interface Refused {
  readonly status: 'refused';
  readonly reason: Refusal;
}

export interface Ready {
  readonly status: 'ready';
  /** Whether browsers show it; if not, they only save it. */
  readonly shown: 'inline' | 'attachment';
  /** In pixels, of pictures. */
  readonly size?: readonly [width: number, height: number];
  /** Whether other bytes than those that came are kept. */
  readonly cleaned?: boolean;
  /** Pictures that the kept file has. */
  readonly frames?: number;
  /** Facts where ffmpeg is on the machine. */
  readonly heard?: { readonly seconds: number };
}

const refused = (reason: Refusal): Refused => ({ status: 'refused', reason });
const attachment: Ready = { status: 'ready', shown: 'attachment' };
const inline: Ready = { status: 'ready', shown: 'inline' };
const kept = (width: number, height: number, frames = 1): Ready => ({
  ...inline,
  size: [width, height],
  frames,
  cleaned: false,
});
const cleaned = (width: number, height: number, frames = 1): Ready => ({
  ...kept(width, height, frames),
  cleaned: true,
});

type Bytes = AwkwardFile['bytes'] | string;
const file = (name: string, type: string, expected: AwkwardFile['expected'], bytes: Bytes): AwkwardFile => ({
  name,
  type,
  expected,
  bytes: typeof bytes === 'string' ? () => Buffer.from(bytes) : bytes,
});
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const half = async (bytes: Promise<Buffer>): Promise<Buffer> => (await bytes).subarray(0, (await bytes).length / 2);
const followed = async (bytes: Promise<Buffer> | Buffer, more: Buffer | string): Promise<Buffer> =>
  Buffer.concat([await bytes, Buffer.from(more as string)]);

const jpeg = () => make.picture().jpeg().toBuffer();
const script = '<script>alert(1)</script>';
const svg = `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`;
const playlist = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n';
const pdf = '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n';
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const heic = make.box('ftyp', 'heic\0\0\0\0mif1heic');
const id3 = latin('ID3\x04\0\0\x0a\0\0\0'); // says that 20 MB of it follow
const tiff = () => make.picture().withExif(make.exif).tiff().toBuffer();

const pictures: readonly AwkwardFile[] = [
  file('plain.jpg', 'image/jpeg', kept(60, 40), jpeg),
  file('plain.png', 'image/png', kept(60, 40), () => make.picture().png().toBuffer()),
  file('plain.webp', 'image/webp', kept(60, 40), () => make.picture().webp().toBuffer()),
  file('plain.avif', 'image/avif', kept(60, 40), () => make.picture().avif({ effort: 0 }).toBuffer()),
  file('one-pixel.png', 'image/png', kept(1, 1), () => make.png({ width: 1, height: 1 })),
  file('fifty-thousand-wide.png', 'image/png', kept(50_000, 10), () => make.png({ width: 50_000, height: 10 })),
  file('sixteen-bits.png', 'image/png', kept(30, 20), () => make.png({ width: 30, height: 20, depth: 16, colours: 2 })),
  file('print.jpg', 'image/jpeg', kept(60, 40), () => make.picture().toColourspace('cmyk').jpeg().toBuffer()),
  file('moving.gif', 'image/gif', kept(20, 20, 3), () => make.movingPicture().gif().toBuffer()),
  file('moving.webp', 'image/webp', kept(20, 20, 3), () => make.movingPicture().webp().toBuffer()),
  file('moving.png', 'image/png', kept(10, 10, 2), () => make.movingPng()),
  file('photo.txt', 'image/jpeg', kept(60, 40), jpeg),
];

const tellingPictures: readonly AwkwardFile[] = [
  file('place.jpg', 'image/jpeg', cleaned(60, 40), () => make.picture().withExif(make.exif).jpeg().toBuffer()),
  file('place.webp', 'image/webp', cleaned(60, 40), () => make.picture().withExif(make.exif).webp().toBuffer()),
  file('place.png', 'image/png', cleaned(60, 40), () => make.picture().withExif(make.exif).png().toBuffer()),
  file('place.avif', 'image/avif', cleaned(60, 40), () =>
    make.picture().withExif(make.exif).avif({ effort: 0 }).toBuffer(),
  ),
  file('place-xmp.jpg', 'image/jpeg', cleaned(60, 40), () => make.picture().withXmp(make.xmp).jpeg().toBuffer()),
  file('place-xmp.png', 'image/png', cleaned(60, 40), () => make.picture().withXmp(make.xmp).png().toBuffer()),
  file('place-xmp.webp', 'image/webp', cleaned(60, 40), () => make.picture().withXmp(make.xmp).webp().toBuffer()),
  file('lying-on-its-side.jpg', 'image/jpeg', cleaned(40, 60), () =>
    make.picture().withExif(make.exif).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  ),
  file('place-moving.webp', 'image/webp', cleaned(20, 20, 3), () =>
    make.movingPicture().withExif(make.exif).webp().toBuffer(),
  ),
  file('place-moving.png', 'image/png', cleaned(10, 10, 2), () =>
    make.movingPng(make.chunk('tEXt', latin(`Comment\0${make.secretPlace}`))),
  ),
  file('place-sixteen-bits.png', 'image/png', cleaned(30, 20), () =>
    make.png(
      { width: 30, height: 20, depth: 16, colours: 2 },
      make.chunk('tEXt', latin(`Comment\0${make.secretPlace}`)),
    ),
  ),
  file('comment.gif', 'image/gif', cleaned(10, 10), () => make.gif(10, 10, 1, make.secretPlace)),
  file('comment.jpg', 'image/jpeg', cleaned(60, 40), async () => {
    const bytes = await jpeg();
    const comment = Buffer.concat([latin('\xff\xfe\0\x20'), latin(make.secretPlace.padEnd(30))]);
    return Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]);
  }),
];

const twoFilesInOne: readonly AwkwardFile[] = [
  // Its width is the letters that begin a comment of JavaScript. The one pixel in it is what is kept.
  file('gif-that-is-a-script.gif', 'image/gif', cleaned(1, 1), () =>
    make.gif(0x2a2f, 10, 1, `*/=1;alert('${make.secretPlace}')//`),
  ),
  file('script.gif', 'text/plain', attachment, 'GIF89a=1;/* not a picture, and only text */alert(1)'),
  file('jpeg-and-zip.jpg', 'image/jpeg', cleaned(60, 40), () => followed(jpeg(), make.zip(make.secretPlace, 10))),
  file('png-and-html.png', 'image/png', cleaned(60, 40), () =>
    followed(make.picture().png().toBuffer(), `<html>${make.secretPlace}${script}`),
  ),
  file('webp-and-html.webp', 'image/webp', cleaned(60, 40), () =>
    followed(make.picture().webp().toBuffer(), `<html>${make.secretPlace}${script}`),
  ),
  file('avif-and-html.avif', 'image/avif', cleaned(60, 40), () =>
    followed(make.picture().avif({ effort: 0 }).toBuffer(), make.box('free', `<html>${make.secretPlace}${script}`)),
  ),
  file('pdf-and-html.pdf', 'application/pdf', attachment, `${pdf}<html>${script}`),
  file('html-and-pdf.pdf', 'text/html', attachment, `<html>${script}<!--\n${pdf}-->`),
  file('html-and-mp4.mp4', 'text/html', attachment, () => latin(`<!--ftypisom\0\0\0\0-->${script}`)),
];

const markup: readonly AwkwardFile[] = [
  file('page.jpg', 'text/html', attachment, `<!DOCTYPE html><title>x</title>${script}`),
  file('page-after-blanks.txt', 'text/html', attachment, ` \t\r\n <BODY onload=alert(1)>`),
  file('page-further-down.txt', 'text/html', attachment, `Hello!\n${script}`),
  file('page-in-utf-16.txt', 'text/html', attachment, () => utf16(`<html>${script}`)),
  file(
    'page.xhtml',
    'text/html',
    attachment,
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${script}`,
  ),
  file('drawing.svg', 'image/svg+xml', attachment, svg),
  file('drawing-with-mark.svg', 'image/svg+xml', attachment, `\ufeff<?xml version="1.0"?>\n<!-- a -->\n${svg}`),
  file('drawing-with-entity.svg', 'image/svg+xml', attachment, `<!DOCTYPE svg [<!ENTITY a "<b>">]>${svg}`),
  file('drawing-in-utf-16.svg', 'image/svg+xml', attachment, () => utf16(svg)),
  file('drawing.svgz', 'application/gzip', attachment, () => gzipSync(svg)),
  file('feed.xml', 'application/xml', attachment, '<?xml version="1.0"?><rss/>'),
];

const damaged: readonly AwkwardFile[] = [
  file('half.jpg', 'image/jpeg', refused('damaged'), () => half(jpeg())),
  file('half.png', 'image/png', refused('damaged'), () => half(make.picture().png().toBuffer())),
  file('half.gif', 'image/gif', refused('damaged'), () => half(make.picture().gif().toBuffer())),
  file('half.webp', 'image/webp', refused('damaged'), () => half(make.picture().webp().toBuffer())),
  file('half.avif', 'image/avif', refused('damaged'), () => half(make.picture().avif({ effort: 0 }).toBuffer())),
  file('half-of-moving.webp', 'image/webp', refused('damaged'), () => half(make.movingPicture().webp().toBuffer())),
  file('more-lines-than-pixels.png', 'image/png', refused('damaged'), () =>
    make.png({ width: 500, height: 500, data: make.blackPixels({ width: 500, height: 5 }) }),
  ),
  file('half.mp4', 'video/mp4', inline, () =>
    Buffer.concat([make.box('ftyp', 'isom\0\0\0\0isommp42'), latin('\0\0\x10\0moov')]),
  ),
  file('half.pdf', 'application/pdf', attachment, pdf.slice(0, 20)),
  file('half.zip', 'application/zip', attachment, () => make.zip('a.txt', 100).subarray(0, 40)),
];

const tooMuch: readonly AwkwardFile[] = [
  file('bomb.png', 'image/png', refused('too_many_pixels'), () =>
    make.png({ width: 20_000, height: 20_000, depth: 1 }),
  ),
  file('lying-size.png', 'image/png', refused('too_many_pixels'), () =>
    make.png({ width: 60_000, height: 60_000, data: make.blackPixels({ width: 10, height: 10 }) }),
  ),
  file('bomb.gif', 'image/gif', refused('too_many_pixels'), () => make.gif(65_535, 65_535)),
  file('many-frames.gif', 'image/gif', refused('too_many_pixels'), () => make.gif(1_000, 1_000, 200)),
  file('bomb.zip', 'application/zip', attachment, () => make.zip('zeros', 50_000_000)),
];

const formats: readonly AwkwardFile[] = [
  file('photo.heic', 'image/heic', refused('unsupported'), () => heic),
  file('scan.tif', 'image/tiff', refused('unsupported'), tiff),
  file('paint.bmp', 'image/bmp', attachment, () => Buffer.concat([latin('BM\x3a\0\0\0'), Buffer.alloc(60)])),
  file('favicon.ico', 'image/x-icon', attachment, () =>
    Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0]), Buffer.alloc(60)]),
  ),
  file('layers.psd', 'image/vnd.adobe.photoshop', attachment, () =>
    Buffer.concat([latin('8BPS\0\x01'), Buffer.alloc(60)]),
  ),
  file('program.jpg', 'application/x-elf', attachment, () =>
    Buffer.concat([latin('\x7fELF\x02\x01\x01'), Buffer.alloc(60)]),
  ),
  file('program.exe', 'application/x-msdownload', attachment, () =>
    Buffer.concat([latin('MZ\x90\0'), Buffer.alloc(60)]),
  ),
  file('install.sh', 'text/plain', attachment, '#!/bin/sh\nrm -rf /\n'),
  file('eicar.com', 'text/plain', attachment, eicar),
];

const sound: readonly AwkwardFile[] = [
  file('second.wav', 'audio/wav', { ...inline, heard: { seconds: 1 } }, () => make.wav()),
  file('lying-length.wav', 'audio/wav', { ...inline, heard: { seconds: 1 } }, () => make.wav(2_000_000_000)),
  file('huge-tag.mp3', 'audio/mpeg', inline, () =>
    Buffer.concat([id3, Buffer.alloc(20 * 1024 * 1024), latin('\xff\xfb\x90\0')]),
  ),
  file('playlist.mp4', 'text/plain', attachment, playlist),
  file('concat.mp4', 'text/plain', attachment, "ffconcat version 1.0\nfile '/etc/passwd'\n"),
  file('film-with-playlist.mp4', 'video/mp4', inline, () =>
    followed(make.box('ftyp', 'isom\0\0\0\0isommp42'), playlist),
  ),
];

const text: readonly AwkwardFile[] = [
  file('empty.txt', 'application/octet-stream', refused('empty'), ''),
  file('one-letter.txt', 'text/plain', attachment, 'a'),
  file('one-byte.bin', 'application/octet-stream', attachment, '\0'),
  file('utf-16.txt', 'text/plain', attachment, () => utf16('Grüße, Привет')),
  file('latin-1.txt', 'application/octet-stream', attachment, () => latin('Gr\xfc\xdfe')),
  file('begins-like-a-picture.txt', 'text/plain', attachment, 'BMW and GIF89a are words, MZ is one too.'),
  file('cut-letter.txt', 'text/plain', attachment, `${'a'.repeat(64 * 1024 - 1)}ü`),
];

/** All of them. Their bytes are made when they are asked for. */
export const awkwardFiles: readonly AwkwardFile[] = [
  ...pictures,
  ...tellingPictures,
  ...twoFilesInOne,
  ...markup,
  ...damaged,
  ...tooMuch,
  ...formats,
  ...sound,
  ...text,
  ...awkwardNames.map(([name, keptName]) => ({ ...file(name, 'text/plain', attachment, 'A name.'), keptName })),
];
