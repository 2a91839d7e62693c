import type { IncomingMessage } from 'node:http';

/**
 * Ends a response whose server has gone silent. A reader that takes nothing is no reason: while its buffer is full,
 * nothing more is asked for.
 *
 * @param timeout in milliseconds; it ends after one to two of them
 */
export function endStalled(response: IncomingMessage, timeout: number): void {
  const { socket } = response;
  let seen = -1;
  const timer = setInterval(() => {
    const waiting = response.complete || response.readableLength >= response.readableHighWaterMark;
    if (!waiting && socket.bytesRead === seen) response.destroy(new Error('The blob store has stopped sending.'));
    seen = waiting ? -1 : socket.bytesRead;
  }, timeout).unref();
  response.once('close', () => clearInterval(timer));
}
