import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { postCodes } from '../../src/adapters/codes/post.ts';
import { printCodes } from '../../src/adapters/codes/print.ts';

const code = { number: '5550104477', code: '482913', expiresAt: new Date('2026-03-04T09:20:00.000Z') };
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/codes`;
}

describe('one-time codes', () => {
  it('are printed, one line each', async () => {
    const lines: string[] = [];
    await printCodes((line) => lines.push(line))(code);
    expect(lines).toEqual(['OTP for 5550104477: 482913']);
  });

  it('are posted as JSON', async () => {
    const got: unknown[] = [];
    const url = await listen((request, response) => {
      let text = '';
      request.on('data', (piece) => {
        text += piece;
      });
      request.on('end', () => {
        got.push(request.method, request.headers['content-type'], JSON.parse(text));
        response.writeHead(204).end();
      });
    });
    await postCodes(url)(code);
    expect(got).toEqual([
      'POST',
      'application/json',
      { phone_number: '5550104477', code: '482913', expires_at: '2026-03-04T09:20:00.000Z' },
    ]);
  });

  it.each([500, 404, 302])('are not taken over by a webhook that answers %i', async (status) => {
    const url = await listen((_request, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    await expect(postCodes(url)(code)).rejects.toThrow();
  });

  it('do not wait for a webhook that never answers', async () => {
    const url = await listen(() => {});
    await expect(postCodes(url, 50)(code)).rejects.toThrow(/timeout/i);
  });
});
