import { minute } from './clock.ts';

export interface TickerOptions {
  /** Milliseconds of the machine's time from the end of one run to the start of the next. */
  readonly every: number;
  /** The work. It should end early, at a place where nothing is half done, once `stopping` is aborted. */
  readonly job: (stopping: AbortSignal) => Promise<void>;
  /** Gets what a run has thrown. The next one comes later each time, up to a minute, until one succeeds. */
  readonly onError: (error: unknown) => void;
}

/** Work that repeats until it is stopped. */
export interface Ticker {
  /** No further run starts. Resolves when the current one has ended; never rejects. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Runs a job now and then, never two runs at once. Only when to wake is taken from the machine: what is due, a job asks
 * `deps.clock`.
 */
export function startTicker({ every, job, onError }: TickerOptions): Ticker {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let wait = every;

  const run = async (): Promise<void> => {
    try {
      await job(stopping.signal);
      wait = every;
    } catch (error) {
      wait = Math.max(every, Math.min(wait * 2, minute));
      onError(error);
    }
    if (!stopping.signal.aborted) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = run();
    }, wait);
    timer.unref();
  };
  schedule();

  return {
    stop() {
      stopping.abort();
      clearTimeout(timer);
      return running;
    },
  };
}
