import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Note, runLoad, verify } from './client.ts';
import { Disk, type DiskOptions, type Loss } from './disk.ts';
import { decodeJournal, type Entry, encodeEntry } from './journal.ts';
import { ServerProcess } from './server-process.ts';

/** A run of a server that was written down, from the state of the disk at its beginning. */
export interface Recording {
  readonly entries: readonly Entry[];
  /** The disk at the beginning, with nothing played yet. */
  readonly disk: (options?: DiskOptions) => Disk;
  /** What clients knew from before. */
  readonly known: readonly Note[];
  /** Number of the first entry after the server listened. */
  readonly listening: number;
  /** Where the played back files differ from the real ones: must be empty. */
  readonly differences: readonly string[];
}

/** What became of a power cut. */
export interface CutResult {
  /** The directory with the disk's content, for another recording. */
  readonly root: string;
  readonly acked: number;
  readonly wrong: readonly string[];
}

/** The recorder sees what the database does to its files. Uploads go another way, and these servers take none. */
const isRecorded = (difference: string): boolean => !/^data\/(uploads|blobs)(\/|:)/.test(difference);

/** Makes recordings and cuts, in temporary directories that go with it. */
export class Lab {
  readonly #directory = mkdtempSync(join(tmpdir(), 'parley-power-cut-'));
  #made = 0;

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** An empty directory of its own. */
  directory(): string {
    this.#made += 1;
    const path = join(this.#directory, String(this.#made));
    mkdirSync(path);
    return path;
  }

  /**
   * Runs a server with a recorder under load.
   *
   * @param root the disk to begin with, which is used up
   */
  async record(
    load: { name: string; messages: number; length: number },
    root = this.directory(),
    known: readonly Note[] = [],
  ): Promise<Recording> {
    const base = new Disk().load(root);
    const before = join(this.directory(), 'before');
    base.write(before, { model: 'strict' });
    const journal = `${before}.journal`;
    const notes = openSync(journal, 'a');
    const note = (fact: Note): void => {
      writeSync(notes, encodeEntry({ kind: 'note', note: fact }));
    };
    const server = await ServerProcess.start(root, journal);
    try {
      note({ type: 'listening' });
      await runLoad({ url: server.url, note, ...load });
    } finally {
      await server.kill();
      closeSync(notes);
    }
    const entries = decodeJournal(readFileSync(journal));
    const disk = (options?: DiskOptions): Disk => new Disk(options).load(before);
    const isListening = ({ operation }: Entry): boolean =>
      operation.kind === 'note' && (operation.note as Note).type === 'listening';
    return {
      entries,
      disk,
      known,
      listening: entries.findIndex(isListening) + 1,
      differences: disk().play(entries).differences(root).filter(isRecorded),
    };
  }

  /** What clients knew when the power was cut before entry `at`. */
  notes(recording: Recording, at: number): Note[] {
    const during = recording.entries.slice(0, at).map(({ operation }) => operation);
    return [...recording.known, ...during.filter(({ kind }) => kind === 'note').map((o) => (o as { note: Note }).note)];
  }

  /** The disk after a power cut before entry `at`. */
  cut(recording: Recording, at: number, loss: Loss, options?: DiskOptions): string {
    const root = this.directory();
    recording.disk(options).play(recording.entries.slice(0, at)).write(root, loss);
    return root;
  }

  /** Starts a server on what a power cut left, and checks it against all that clients know. */
  async check(root: string, notes: readonly Note[]): Promise<CutResult> {
    const acked = notes.filter(({ type }) => type === 'message').length;
    this.#made += 1;
    let server: ServerProcess;
    try {
      server = await ServerProcess.start(root);
    } catch (error) {
      return { root, acked, wrong: [(error as Error).message] };
    }
    try {
      return { root, acked, wrong: await verify(server.url, notes, `check_${this.#made}`) };
    } catch (error) {
      return { root, acked, wrong: [(error as Error).message] };
    } finally {
      await server.kill();
    }
  }

  /** Gives the room of a directory back. */
  discard(root: string): void {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}
