const first = 250;
const longest = 5_000;

/** How long to wait before try number `attempt` (from 1), in milliseconds: doubling, with jitter. */
export function backoff(attempt: number): number {
  return Math.min(longest, first * 2 ** (attempt - 1)) * (0.5 + Math.random());
}

/** Waits. Ends early, without an error, when the signal says so. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
