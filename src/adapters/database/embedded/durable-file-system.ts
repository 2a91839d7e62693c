import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenOptions = Parameters<NodeFS['init']>[1];

/** The parts of Emscripten's file system that are used here; it has no types of its own. */
interface EmscriptenModule {
  FS: {
    filesystems: {
      NODEFS: {
        stream_ops: { fsync?: (stream: { nfd?: number; node: unknown }) => number };
        realPath(node: unknown): string;
      };
    };
  };
}

/**
 * The data directory as PGlite's file system, with an fsync that reaches the disk. Emscripten's own NODEFS answers
 * fsync with success and does nothing. Directories are opened without a descriptor, so theirs is opened here: PostgreSQL
 * syncs a directory to make a rename or a new file in it durable.
 */
export class DurableFileSystem extends NodeFS {
  override async init(pg: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const installFsync = (module: unknown): void => {
      const { NODEFS } = (module as EmscriptenModule).FS.filesystems;
      NODEFS.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined) {
          fsyncSync(stream.nfd);
          return 0;
        }
        const directory = openSync(NODEFS.realPath(stream.node), 'r');
        try {
          fsyncSync(directory);
        } finally {
          closeSync(directory);
        }
        return 0;
      };
    };
    const preRun = [...((emscriptenOpts.preRun as ((module: unknown) => void)[] | undefined) ?? []), installFsync];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } as EmscriptenOptions };
  }
}
