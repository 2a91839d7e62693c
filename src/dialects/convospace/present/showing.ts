import type { FileNames } from '../../kit/file-names.ts';
import type { NumberOf } from '../numbers/index.ts';

/** With what the engine's views become this door's: numbers for ids, and addresses for files. */
export interface Showing {
  /** Of everything that is presented. */
  readonly n: NumberOf;
  /** Origin under which the client reaches the server; in events, what stands for it. */
  readonly site: string;
  readonly fileNames: FileNames;
}
