import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClamdScanner } from '../../src/adapters/virus-scanner/clamd.ts';
import { eicar, FakeClamd, type FakeClamdOptions } from '../harness/fake-clamd.ts';

let directory: string;
let clamd: FakeClamd;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-clamd-'));
});
afterEach(async () => {
  await clamd.close();
  await rm(directory, { recursive: true });
});

/** A scanner that asks a clamd of this kind, and a way to give it a file. */
async function start(options: FakeClamdOptions = {}, timeLimit = 10_000) {
  clamd = await FakeClamd.start(options);
  const scanner = createClamdScanner({ address: clamd.address, timeLimit });
  const scan = async (bytes: Buffer): Promise<string | null> => {
    const path = join(directory, 'file');
    await writeFile(path, bytes);
    return scanner.scan(path);
  };
  return { scanner, scan };
}

const megabyte = 1024 * 1024;
const infected = Buffer.concat([Buffer.alloc(megabyte - 20), Buffer.from(eicar), Buffer.alloc(megabyte)]);

describe.each(['tcp', 'a Unix socket'])('clamd over %s', (way) => {
  const path = (): FakeClamdOptions => (way === 'tcp' ? {} : { path: join(directory, 'clamd.sock') });

  test('answers a ping', async () => {
    const { scanner } = await start(path());
    await scanner.ping();
    expect(clamd.violations).toEqual([]);
  });

  test('sees the whole of a file, and finds what is in the middle of it', async () => {
    const { scan } = await start(path());
    expect(await scan(Buffer.alloc(3 * megabyte + 1, 'a'))).toBeNull();
    expect(await scan(Buffer.alloc(0))).toBeNull();
    expect(await scan(infected)).toBe('Eicar-Signature');
    expect(clamd.streams).toEqual([3 * megabyte + 1, 0, infected.length]);
    expect(clamd.violations).toEqual([]);
  });
});

describe('what is not known is not clean', () => {
  test('a file that is too large for clamd', async () => {
    const { scan } = await start({ streamMaxLength: megabyte });
    await expect(scan(Buffer.alloc(20 * megabyte))).rejects.toThrow();
    expect(await scan(Buffer.alloc(megabyte))).toBeNull();
  });

  test('a connection that breaks in the middle', async () => {
    const { scan } = await start({ dieAfter: megabyte });
    await expect(scan(infected)).rejects.toThrow();
    expect(clamd.streams).toEqual([]);
  });

  test('no answer in time', async () => {
    const { scan } = await start({ silent: true }, 100);
    await expect(scan(infected)).rejects.toThrow('in time');
    expect(clamd.streams).toEqual([infected.length]);
  });

  test.each(['stream: OK', 'stream: Can not allocate memory ERROR', 'COMMAND READ TIMED OUT', 'x'.repeat(10_000), ''])(
    'the answer %.40s before the file was sent',
    async (earlyAnswer) => {
      const { scan } = await start({ earlyAnswer });
      await expect(scan(Buffer.alloc(20 * megabyte))).rejects.toThrow();
    },
  );

  test('nobody listens', async () => {
    const { scan, scanner } = await start();
    await clamd.close();
    await expect(scan(infected)).rejects.toThrow();
    await expect(scanner.ping()).rejects.toThrow();
    clamd = await FakeClamd.start(); // to be closed
  });

  test('the file cannot be read', async () => {
    const { scanner } = await start();
    await expect(scanner.scan(join(directory, 'none'))).rejects.toThrow('ENOENT');
    expect(clamd.streams).toEqual([]);
  });
});
