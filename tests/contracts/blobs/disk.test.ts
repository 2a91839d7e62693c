import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDiskBlobs } from '../../../src/adapters/blobs/disk.ts';
import { blobContract, type Subject } from './contract.ts';

const temporary = (below: string): string => mkdtempSync(join(below, 'parley-blobs-'));
const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Descriptors of this process that are open below a directory. */
function descriptorsBelow(directory: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(directory);
    } catch {
      return false; // the one that listed them
    }
  }).length;
}

async function subjectIn(home: string, more: Partial<Subject>, remove: () => void): Promise<Subject> {
  const directory = join(home, 'deep', 'blobs');
  return {
    store: await createDiskBlobs({ directory }),
    open: () => descriptorsBelow(directory),
    held: () => filesBelow(directory).length,
    vanish: async () => rmSync(directory, { recursive: true }),
    remove: async () => remove(),
    ...more,
  };
}

describe.runIf(process.platform === 'linux')('blobs on the disk', () => {
  let sources: string;
  beforeAll(() => {
    sources = temporary(tmpdir());
  });
  afterAll(() => rmSync(sources, { recursive: true, force: true }));

  describe('where files are', () => {
    const make = () => {
      const home = temporary(tmpdir());
      return subjectIn(home, {}, () => rmSync(home, { recursive: true, force: true }));
    };
    blobContract(make, () => sources);

    test('a file costs no second copy, and is found by the end of its key', async () => {
      const { store, remove } = await make();
      const path = join(sources, 'linked');
      writeFileSync(path, 'hello');
      await store.put('0198-abcd', path, { size: 5, mimeType: 'text/plain' });
      expect(statSync(path).nlink).toBe(2);
      await expect(store.put('0198-abcd', path, { size: 5, mimeType: 'text/plain' })).rejects.toThrow('EEXIST');
      await remove();
    });
  });

  describe('on another file system', () => {
    const mounted = mayMount();
    const make = (): Promise<Subject> => {
      const home = temporary(mounted ? tmpdir() : '/dev/shm');
      if (mounted) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'parley-blobs', home]);
      const fill = async (): Promise<void> => {
        const { bavail, bsize } = statfsSync(home);
        writeFileSync(join(home, 'filler'), Buffer.alloc(bavail * bsize - 200_000));
      };
      return subjectIn(home, mounted ? { fill } : {}, () => {
        if (mounted) execFileSync('umount', [home]);
        rmSync(home, { recursive: true, force: true });
      });
    };
    blobContract(make, () => sources);

    test('it is another one', async () => {
      const { store, remove } = await make();
      const path = join(sources, 'copied');
      writeFileSync(path, 'hello');
      await store.put('0198-abcd', path, { size: 5, mimeType: 'text/plain' });
      expect(statSync(path).nlink).toBe(1);
      await remove();
    });
  });

  test('what a dead process left half copied is removed at the next start, and what one may be at is not', async () => {
    const home = temporary(tmpdir());
    const directory = join(home, 'blobs');
    await createDiskBlobs({ directory });
    const [old, young] = [join(directory, '.incoming', 'old'), join(directory, '.incoming', 'young')];
    for (const path of [old, young]) writeFileSync(path, 'half');
    const hoursAgo = Date.now() / 1_000 - 2 * 3_600;
    utimesSync(old, hoursAgo, hoursAgo);
    await createDiskBlobs({ directory });
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
    rmSync(home, { recursive: true });
  });

  test('two nodes share a directory', async () => {
    const home = temporary(tmpdir());
    const [one, other] = [
      await createDiskBlobs({ directory: join(home, 'blobs') }),
      await createDiskBlobs({ directory: join(home, 'blobs') }),
    ];
    const path = join(sources, 'shared');
    writeFileSync(path, 'hello');
    await Promise.all([
      one.put('1-aa', path, { size: 5, mimeType: 'text/plain' }),
      other.put('2-aa', path, { size: 5, mimeType: 'text/plain' }),
    ]);
    expect([await other.size('1-aa'), await one.size('2-aa')]).toEqual([5, 5]);
    await one.delete('2-aa');
    expect(await other.size('2-aa')).toBeNull();
    rmSync(home, { recursive: true });
  });

  test('only the user of the server may look into it', async () => {
    const home = temporary(tmpdir());
    await createDiskBlobs({ directory: join(home, 'blobs') });
    expect(statSync(join(home, 'blobs')).mode & 0o077).toBe(0);
    rmSync(home, { recursive: true });
  });
});

function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const home = temporary(tmpdir());
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'parley-blobs', home], { stdio: 'ignore' });
    execFileSync('umount', [home]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
