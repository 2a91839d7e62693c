/**
 * Preloaded into a server with `--import`, worker threads included: writes down every change that the process makes to
 * files under a root, in the order in which they happen, and each fsync. tests/power-cut/disk.ts plays it back.
 *
 * An operation is written down after it was done and before its caller goes on, so at any place in the journal, what was
 * acked before it was also synced before it.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import { threadId } from 'node:worker_threads';
import { encodeEntry, type Operation } from './journal.ts';

const root = process.env.POWER_CUT_ROOT;
const journalPath = process.env.POWER_CUT_JOURNAL;
if (root && journalPath) record(root, journalPath);

function record(root: string, journalPath: string): void {
  const real = { ...fs };
  // Opened for appending, so that the records of all threads and processes get one order.
  const journal = real.openSync(journalPath, 'a');
  const files = new Map<number, string>();
  let opened = 0;

  const put = (operation: Operation, data?: Uint8Array): void => {
    const entry = encodeEntry(operation, data);
    if (real.writeSync(journal, entry) !== entry.length) throw new Error('The journal of the power cut is incomplete.');
  };
  const within = (path: fs.PathLike): string | null => {
    const absolute = resolve(String(path));
    return absolute.startsWith(root + sep) ? absolute.slice(root.length + 1) : absolute === root ? '' : null;
  };
  const patch = <Name extends keyof typeof fs>(name: Name, replacement: (typeof fs)[Name]): void => {
    fs[name] = replacement;
  };
  /** A single change of the name space, told by its path. */
  const watchPath = (name: 'unlinkSync' | 'rmdirSync', kind: 'unlink' | 'rmdir'): void => {
    patch(name, ((path: fs.PathLike) => {
      real[name](path);
      const inside = within(path);
      if (inside !== null) put({ kind, path: inside });
    }) as never);
  };

  patch('openSync', ((path: fs.PathLike, flags: fs.OpenMode = 'r', mode?: fs.Mode) => {
    const inside = within(path);
    if (inside === null) return real.openSync(path, flags, mode);
    const truncates = typeof flags === 'string' ? flags.startsWith('w') : (flags & fs.constants.O_TRUNC) !== 0;
    const existed = real.existsSync(path);
    const descriptor = real.openSync(path, flags, mode);
    opened += 1;
    const handle = `${process.pid}.${threadId}.${opened}`;
    files.set(descriptor, handle);
    put({ kind: 'open', path: inside, handle, creates: !existed, truncates: existed && truncates });
    return descriptor;
  }) as never);

  patch('closeSync', (descriptor) => {
    const handle = files.get(descriptor);
    files.delete(descriptor);
    real.closeSync(descriptor);
    if (handle) put({ kind: 'close', handle });
  });

  patch('writeSync', ((descriptor: number, data: Uint8Array | string, ...rest: unknown[]) => {
    const handle = files.get(descriptor);
    const written = (real.writeSync as (...all: unknown[]) => number)(descriptor, data, ...rest);
    if (!handle) return written;
    if (typeof data === 'string') throw new Error('The recorder does not know how to write text.');
    const [offset, , position] = (typeof rest[0] === 'object' && rest[0] !== null ? Object.values(rest[0]) : rest) as [
      number?,
      number?,
      number?,
    ];
    const bytes = new Uint8Array(data.buffer, data.byteOffset + (offset ?? 0), written);
    put({ kind: 'write', handle, position: typeof position === 'number' ? position : null }, bytes);
    return written;
  }) as never);

  for (const name of ['fsyncSync', 'fdatasyncSync'] as const) {
    patch(name, (descriptor) => {
      real[name](descriptor);
      const handle = files.get(descriptor);
      if (handle) put({ kind: 'fsync', handle });
    });
  }
  patch('ftruncateSync', (descriptor, size) => {
    real.ftruncateSync(descriptor, size);
    const handle = files.get(descriptor);
    if (handle) put({ kind: 'truncate', handle, size: size ?? 0 });
  });
  patch('truncateSync', ((path: fs.PathLike, size?: number) => {
    const descriptor = fs.openSync(path, 'r+');
    fs.ftruncateSync(descriptor, size);
    fs.closeSync(descriptor);
  }) as never);

  patch('renameSync', (from, to) => {
    real.renameSync(from, to);
    const [source, target] = [within(from), within(to)];
    if (source === null || target === null) return;
    put({ kind: 'rename', path: source, to: target });
  });
  patch('linkSync', (from, to) => {
    real.linkSync(from, to);
    const [source, target] = [within(from), within(to)];
    if (source !== null && target !== null) put({ kind: 'link', path: source, to: target });
  });
  watchPath('unlinkSync', 'unlink');
  watchPath('rmdirSync', 'rmdir');
  patch('rmSync', ((path: fs.PathLike, options?: fs.RmOptions) => {
    const inside = within(path);
    const existed = real.existsSync(path);
    real.rmSync(path, options);
    if (inside !== null && existed) put({ kind: 'remove-tree', path: inside });
  }) as never);
  patch('mkdirSync', ((path: fs.PathLike, options?: fs.MakeDirectoryOptions) => {
    const inside = within(path);
    const missing: string[] = [];
    for (
      let at = inside;
      at !== null && at !== '' && !real.existsSync(resolve(root, at));
      at = within(resolve(root, at, '..'))
    ) {
      missing.unshift(at);
    }
    const made = real.mkdirSync(path, options);
    for (const directory of missing) put({ kind: 'mkdir', path: directory });
    return made;
  }) as never);
  patch('writeFileSync', ((path: fs.PathOrFileDescriptor, data: string | Uint8Array, options?: fs.WriteFileOptions) => {
    if (typeof path === 'number' || within(path) === null) return real.writeFileSync(path, data, options);
    const { flag = 'w', mode = 0o666, flush = false } = typeof options === 'object' && options ? options : {};
    const descriptor = fs.openSync(path, flag, mode ?? undefined);
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at);
    if (flush) fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
  }) as never);

  syncBuiltinESMExports();
}
