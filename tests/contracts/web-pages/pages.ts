import { expect } from 'vitest';
import { createWebPages, type WebPagesOptions } from '../../../src/adapters/web-pages/index.ts';
import type { FetchOptions, UnavailableReason, WebPages } from '../../../src/engine/ports/web-pages.ts';
import type { Site } from '../../harness/site.ts';

export const html: FetchOptions = { maxBytes: 512 * 1024, accept: ['text/html'], cut: true };
export const image: FetchOptions = { maxBytes: 1024 * 1024, accept: ['image/png'], cut: false };

/** The adapter as the server has it, but for a site that may be reached. */
export const pagesFor = (site: Site | null, options: Partial<WebPagesOptions> = {}): WebPages =>
  createWebPages({
    version: '1.2.3',
    networks: site ? [`127.0.0.1/32:${site.port}`] : [],
    resolve: async () => {
      throw new Error('No name is asked for here.');
    },
    ...options,
  });

export const expectUnavailable = (fetching: Promise<unknown>, reason: UnavailableReason): Promise<void> =>
  expect(fetching).rejects.toMatchObject({ name: 'PageUnavailable', reason });
