import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLimiter } from '../../../src/adapters/limiter/index.ts';
import { createWebPages } from '../../../src/adapters/web-pages/index.ts';
import { createLinkPreviews, type LinkPreviewDeps } from '../../../src/engine/link-previews/index.ts';
import type { Actor } from '../../../src/engine/shared/actor.ts';
import { systemClock } from '../../../src/engine/shared/clock.ts';
import { EngineError } from '../../../src/engine/shared/errors.ts';
import { openSite, type Site } from '../../harness/site.ts';

const ann = { personId: 'ann' } as Actor;
const bob = { personId: 'bob' } as Actor;
const png = Buffer.from('89504e470d0a1a0a', 'hex');

let site: Site;
let images: number;
let imageType: string;
let imageUrl: string;
beforeEach(async () => {
  [images, imageType, imageUrl] = [0, 'image/png', '/horse.png'];
  site = await openSite((request, response) => {
    if (request.url === '/horse.png') {
      images += 1;
      response.setHeader('content-type', imageType).end(png);
    } else {
      response.setHeader('content-type', 'text/html').end(`<title>x</title><meta name=og:image content="${imageUrl}">`);
    }
  });
});
afterEach(() => site.close());

const create = (deps: Partial<LinkPreviewDeps>) =>
  createLinkPreviews({
    clock: systemClock,
    limiter: createLimiter({ factor: 0 }),
    pages: createWebPages({ version: '1', networks: [`127.0.0.1/32:${site.port}`] }),
    ...deps,
  });

test('the picture is kept as a file of who asks, each time, but once at a time', async () => {
  const kept: string[] = [];
  const previews = create({
    keepPicture: async ({ personId }, bytes, fileName) => {
      expect(Buffer.from(bytes)).toEqual(png);
      kept.push(`${personId} ${fileName}`);
      return `media-${kept.length}`;
    },
  });
  const [one, same] = await Promise.all([previews.preview(ann, site.url), previews.preview(ann, site.url)]);
  expect(one).toEqual({ url: site.url, title: 'x', imageMediaId: 'media-1' });
  expect(same).toEqual(one);
  expect((await previews.preview(bob, site.url)).imageMediaId).toBe('media-2');
  expect((await previews.preview(ann, site.url)).imageMediaId).toBe('media-3');
  expect(kept).toEqual(['ann preview.png', 'bob preview.png', 'ann preview.png']);
  expect(images).toBe(3);
});

test('a picture that cannot be had, or is not kept, is left out with its address', async () => {
  const never = async () => {
    throw new Error('Nothing is kept here.');
  };
  for (const address of ['http://10.0.0.1/reboot', '/none', 'http://127.0.0.1:1/horse.png']) {
    imageUrl = address;
    expect(await create({ keepPicture: never }).preview(ann, site.url)).toEqual({ url: site.url, title: 'x' });
  }
  imageUrl = '/horse.png';
  for (const type of ['image/svg+xml', 'text/html', 'application/octet-stream']) {
    imageType = type;
    expect(await create({ keepPicture: never }).preview(ann, site.url)).toEqual({ url: site.url, title: 'x' });
  }
  imageType = 'image/png';
  expect(await create({ keepPicture: async () => null }).preview(ann, site.url)).toEqual({ url: site.url, title: 'x' });
});

test('only failures of our own are reported', async () => {
  const troubles: unknown[] = [];
  const failure = new Error('The disk is gone.');
  for (const error of [new EngineError('storage_full', 'No room.'), failure]) {
    const previews = create({
      keepPicture: async () => {
        throw error;
      },
      onTrouble: (trouble) => troubles.push(trouble),
    });
    expect(await previews.preview(ann, site.url)).toEqual({ url: site.url, title: 'x' });
  }
  expect(troubles).toEqual([failure]);
});
