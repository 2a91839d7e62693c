import type { MediaFacts, UnreadableMedia } from '../../engine/ports/media-tools.ts';

/** What a worker is asked, one at a time. */
export type Task =
  | { readonly kind: 'detect'; readonly path: string }
  | {
      readonly kind: 'picture';
      readonly path: string;
      readonly mimeType: string;
      readonly directory: string;
      readonly maxPixels: number;
    };

/** What it answers, by the kind of the task. */
export interface Results {
  readonly detect: string;
  readonly picture: MediaFacts;
}

/** From a worker: it is ready for its first task, or what came of one. `failed` is the machine's fault, not the file's. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: Results[Task['kind']]; readonly rss: number }
  | {
      readonly kind: 'refused';
      readonly reason: UnreadableMedia['reason'];
      readonly message: string;
      readonly rss: number;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly rss: number };
