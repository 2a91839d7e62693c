import type { BlobStore } from '../ports/blobs.ts';
import type { Database } from '../ports/database.ts';
import type { Limiter } from '../ports/limiter.ts';
import type { MediaTools } from '../ports/media-tools.ts';
import type { VirusScanner } from '../ports/virus-scanner.ts';
import type { Clock } from '../shared/clock.ts';
import type { MediaRules } from './policy.ts';
import type { Spool } from './spool.ts';

export interface MediaDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly blobs: BlobStore;
  readonly tools: MediaTools;
  /** null: files are not scanned. */
  readonly scanner: VirusScanner | null;
  readonly spool: Spool;
  readonly rules: MediaRules;
  /** Signs links. */
  readonly linkKey: Uint8Array;
  /** Does a piece of work on the bytes of a file when it is its turn, so that nothing else waits for all of them. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Hears of work that failed and will be tried again. */
  readonly onTrouble: (error: unknown, what: string) => void;
}
