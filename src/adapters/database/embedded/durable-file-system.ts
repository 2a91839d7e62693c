import { fsyncSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncDirectory } from './sync.ts';

type EmscriptenOptions = Parameters<NodeFS['init']>[1];

interface Node {
  name: string;
}

/** The parts of Emscripten's file system that are used here; it has no types of its own. */
interface EmscriptenModule {
  FS: {
    lookupNode(parent: Node, name: string): Node;
    destroyNode(node: Node): void;
    filesystems: {
      NODEFS: {
        node_ops: {
          mknod(parent: Node, name: string, mode: number, device: number): Node;
          rename(node: Node, parent: Node, name: string): void;
        };
        stream_ops: { fsync?: (stream: { nfd: number; node: Node }) => number };
        realPath(node: Node): string;
        tryFSOperation<T>(operation: () => T): T;
      };
    };
  };
}

/**
 * The data directory as PGlite's file system, with what PostgreSQL needs to survive a power cut. Emscripten's own NODEFS
 * - answers fsync with success and does nothing: here it reaches the disk;
 * - renames onto a file by deleting that file first, so that a crash in between loses both: here in one step.
 *
 * PostgreSQL does not sync the directory of a new table's file, and trusts that syncing the file makes its name durable.
 * POSIX does not promise that, so the first sync of a file syncs its directory if names in it are new.
 */
export class DurableFileSystem extends NodeFS {
  override async init(pg: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [...((emscriptenOpts.preRun as ((module: unknown) => void)[] | undefined) ?? []), makeDurable];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } as EmscriptenOptions };
  }
}

function makeDurable(module: unknown): void {
  const { FS } = module as EmscriptenModule;
  const { NODEFS } = FS.filesystems;
  /** Directories with names that have not been synced. */
  const changed = new Set<string>();

  const { mknod } = NODEFS.node_ops;
  NODEFS.node_ops.mknod = (parent, name, mode, device) => {
    const node = mknod(parent, name, mode, device);
    changed.add(NODEFS.realPath(parent));
    return node;
  };

  NODEFS.node_ops.rename = (node, parent, name) => {
    const from = NODEFS.realPath(node);
    const directory = NODEFS.realPath(parent);
    let replaced: Node | undefined;
    try {
      replaced = FS.lookupNode(parent, name);
    } catch {
      // there is none
    }
    NODEFS.tryFSOperation(() => renameSync(from, `${directory}/${name}`));
    if (replaced) FS.destroyNode(replaced); // out of the cache of names only
    node.name = name;
    changed.add(directory).add(dirname(from));
  };

  NODEFS.stream_ops.fsync = ({ nfd, node }) => {
    fsyncSync(nfd);
    const path = NODEFS.realPath(node);
    changed.delete(path); // where it is a directory
    const directory = dirname(path);
    if (changed.has(directory)) {
      syncDirectory(directory);
      changed.delete(directory);
    }
    return 0;
  };
}
