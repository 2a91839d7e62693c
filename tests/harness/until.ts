/**
 * Waits until a condition holds, looking again every few milliseconds.
 *
 * @param what completes "Waited in vain until ..."
 */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  timeout = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`Waited in vain until ${typeof what === 'string' ? what : what()}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
