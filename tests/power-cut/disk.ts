import {
  closeSync,
  type Dirent,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../harness/random.ts';
import { type Entry, isZero, type Operation } from './journal.ts';

const chunk = 65_536;

/** Files and directories. Sockets hold nothing, and the lock is SQLite's own affair, written past Node, and empty. */
function entriesOf(directory: string): Dirent[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() || (entry.isFile() && !entry.name.startsWith('lock.sqlite')));
}

type FileChange = { readonly at: number; readonly data: Uint8Array } | { readonly size: number };

/** A file, whatever its names. */
class FileNode {
  readonly kind = 'file';
  /** What has been synced. */
  durable: Uint8Array = new Uint8Array();
  /** What has changed since, in order. */
  pending: FileChange[] = [];
  /** Its size now, for the process. */
  size = 0;

  change(change: FileChange): void {
    this.pending.push(change);
    this.size = 'size' in change ? change.size : Math.max(this.size, change.at + change.data.length);
  }

  sync(): void {
    this.durable = applied(this.durable, this.pending);
    this.pending = [];
  }
}

type NameChange = { readonly name: string; readonly node: Node | null };

class DirectoryNode {
  readonly kind = 'directory';
  durable = new Map<string, Node>();
  /** Changes since the last sync; those of one inner list happen together, as a rename within one directory does. */
  pending: NameChange[][] = [];
  now = new Map<string, Node>();

  change(changes: NameChange[]): void {
    this.pending.push(changes);
    for (const { name, node } of changes) {
      if (node) this.now.set(name, node);
      else this.now.delete(name);
    }
  }

  sync(): void {
    this.durable = new Map(this.now);
    this.pending = [];
  }
}

type Node = FileNode | DirectoryNode;

function applied(content: Uint8Array, changes: readonly FileChange[]): Uint8Array {
  if (changes.length === 0) return content;
  let size = content.length;
  let largest = size;
  for (const change of changes) {
    size = 'size' in change ? change.size : Math.max(size, change.at + change.data.length);
    largest = Math.max(largest, size);
  }
  const result = new Uint8Array(largest);
  result.set(content);
  let end = content.length;
  for (const change of changes) {
    if ('size' in change) {
      if (change.size < end) result.fill(0, change.size, end);
      end = change.size;
    } else {
      result.set(change.data, change.at);
      end = Math.max(end, change.at + change.data.length);
    }
  }
  return result.subarray(0, size);
}

/**
 * What a power cut leaves of what was not synced.
 * - `strict`: nothing.
 * - `torn`: any part of it. Of each file any of the sectors written since its last sync, in any order; of each directory
 *   its first so many changes, since a file system journals those in order.
 */
export type Loss = { readonly model: 'strict' } | { readonly model: 'torn'; readonly random: Random };

export interface DiskOptions {
  /** An fsync for which it answers true does nothing: a planted fault. */
  readonly ignoresSync?: (entryIndex: number, path: string, node: 'file' | 'directory') => boolean;
}

/**
 * A disk with a cache that a power cut empties: plays back what a recorder wrote down. The content of a file is durable
 * once that file was synced; a name is durable once its directory was synced, whatever was done to the file.
 */
export class Disk {
  readonly #root = new DirectoryNode();
  readonly #handles = new Map<string, { node: Node; path: string; position: number }>();
  readonly #options: DiskOptions;
  #played = 0;

  constructor(options: DiskOptions = {}) {
    this.#options = options;
  }

  /** Takes the files of a real directory as they are, all durable. */
  load(directory: string): this {
    const read = (path: string, into: DirectoryNode): void => {
      for (const entry of entriesOf(path)) {
        const inside = join(path, entry.name);
        const node: Node = entry.isDirectory() ? new DirectoryNode() : new FileNode();
        if (node.kind === 'directory') read(inside, node);
        else {
          node.durable = readFileSync(inside);
          node.size = node.durable.length;
        }
        into.now.set(entry.name, node);
      }
      into.sync();
    };
    read(directory, this.#root);
    return this;
  }

  play(entries: readonly Entry[]): this {
    for (const { operation, data } of entries) {
      this.#apply(operation, data);
      this.#played += 1;
    }
    return this;
  }

  /** Writes what is left after a power cut at this moment into an empty directory. */
  write(directory: string, loss: Loss): void {
    const put = (node: Node, path: string): void => {
      if (node.kind === 'file') {
        writeWhole(path, loss.model === 'strict' ? node.durable : torn(node, loss.random));
        return;
      }
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const names = new Map(node.durable);
      const kept = loss.model === 'strict' ? 0 : loss.random.integer(node.pending.length + 1);
      for (const { name, node: child } of node.pending.slice(0, kept).flat()) {
        if (child) names.set(name, child);
        else names.delete(name);
      }
      for (const [name, child] of names) put(child, join(path, name));
    };
    put(this.#root, directory);
  }

  /** Where the files differ from a real directory: paths, empty where the recording was complete. */
  differences(directory: string): string[] {
    const found: string[] = [];
    const compare = (node: DirectoryNode, path: string, shown: string): void => {
      const there = new Map(entriesOf(path).map((entry) => [entry.name, entry]));
      for (const [name, entry] of there) {
        const child = node.now.get(name);
        const [inside, label] = [join(path, name), join(shown, name)];
        if (!child || (child.kind === 'directory') !== entry.isDirectory()) found.push(`${label}: not recorded`);
        else if (child.kind === 'directory') compare(child, inside, label);
        else if (!Buffer.from(applied(child.durable, child.pending)).equals(readFileSync(inside))) {
          found.push(`${label}: other content`);
        }
      }
      for (const name of node.now.keys()) if (!there.has(name)) found.push(`${join(shown, name)}: is gone`);
    };
    compare(this.#root, directory, '');
    return found;
  }

  #apply(operation: Operation, data: Uint8Array): void {
    switch (operation.kind) {
      case 'open': {
        const [parent, name] = this.#parentOf(operation.path);
        let node = operation.path === '' ? this.#root : parent.now.get(name);
        if (!node) {
          node = new FileNode();
          parent.change([{ name, node }]);
        } else if (operation.truncates && node.kind === 'file') node.change({ size: 0 });
        this.#handles.set(operation.handle, { node, path: operation.path, position: 0 });
        break;
      }
      case 'close':
        this.#handles.delete(operation.handle);
        break;
      case 'write': {
        const open = this.#open(operation.handle);
        if (open.node.kind !== 'file') throw new Error('A directory cannot be written.');
        const at = operation.position ?? open.position;
        open.node.change({ at, data });
        if (operation.position === null) open.position = at + data.length;
        break;
      }
      case 'truncate': {
        const { node } = this.#open(operation.handle);
        if (node.kind === 'file') node.change({ size: operation.size });
        break;
      }
      case 'fsync': {
        const { node, path } = this.#open(operation.handle);
        if (!this.#options.ignoresSync?.(this.#played, path, node.kind)) node.sync();
        break;
      }
      case 'mkdir': {
        const [parent, name] = this.#parentOf(operation.path);
        parent.change([{ name, node: new DirectoryNode() }]);
        break;
      }
      case 'rename':
      case 'link': {
        const [from, name] = this.#parentOf(operation.path);
        const [to, newName] = this.#parentOf(operation.to);
        const node = from.now.get(name);
        if (!node) throw new Error(`Not recorded: ${operation.path}`);
        const removed = operation.kind === 'rename' ? [{ name, node: null }] : [];
        if (from === to) from.change([{ name: newName, node }, ...removed]);
        else {
          to.change([{ name: newName, node }]);
          if (removed.length > 0) from.change(removed);
        }
        break;
      }
      case 'unlink':
      case 'rmdir': {
        const [parent, name] = this.#parentOf(operation.path);
        parent.change([{ name, node: null }]);
        break;
      }
      case 'remove-tree': {
        const [parent, name] = this.#parentOf(operation.path);
        const empty = (node: Node | undefined): void => {
          if (node?.kind !== 'directory') return;
          for (const [child, inside] of [...node.now]) {
            empty(inside);
            node.change([{ name: child, node: null }]);
          }
        };
        empty(parent.now.get(name));
        parent.change([{ name, node: null }]);
        break;
      }
      case 'note':
        break;
    }
  }

  #open(handle: string): { node: Node; path: string; position: number } {
    const open = this.#handles.get(handle);
    if (!open) throw new Error(`Not open: ${handle}`);
    return open;
  }

  #parentOf(path: string): [DirectoryNode, string] {
    const names = path.split('/');
    const name = names.pop() as string;
    let directory = this.#root;
    for (const step of names) {
      const next = directory.now.get(step);
      if (next?.kind !== 'directory') throw new Error(`Not a recorded directory: ${path}`);
      directory = next;
    }
    return [directory, name];
  }
}

/** Any of the sectors written since the last sync. */
function torn(file: FileNode, random: Random): Uint8Array {
  const sector = random.pick([512, 4_096]);
  const chance = random.pick([0, 0.1, 0.5, 0.9, 1]);
  const survived: FileChange[] = [];
  for (const change of file.pending) {
    if ('size' in change) {
      if (random.next() < chance) survived.push(change);
      continue;
    }
    for (let from = 0; from < change.data.length; ) {
      const to = Math.min(change.data.length, from + sector - ((change.at + from) % sector));
      if (random.next() < chance) survived.push({ at: change.at + from, data: change.data.subarray(from, to) });
      from = to;
    }
  }
  return applied(file.durable, survived);
}

/** Leaves zeros out, as a disk's image is mostly that: segments of the log that are prepared in advance. */
function writeWhole(path: string, content: Uint8Array): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    ftruncateSync(descriptor, content.length);
    for (let at = 0; at < content.length; at += chunk) {
      const part = content.subarray(at, at + chunk);
      if (isZero(part)) continue;
      for (let done = 0; done < part.length; ) {
        done += writeSync(descriptor, part, done, part.length - done, at + done);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
