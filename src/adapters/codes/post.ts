import type { DeliverCode } from '../../engine/ports/code-delivery.ts';

/**
 * Posts codes as JSON of `phone_number`, `code` and `expires_at`. What is not answered with a 2xx was not taken over; it is
 * not tried again, for the person asks for another code.
 *
 * @param timeout in milliseconds
 */
export const postCodes =
  (url: string, timeout = 10_000): DeliverCode =>
  async ({ number, code, expiresAt }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone_number: number, code, expires_at: expiresAt.toISOString() }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The webhook for codes has answered ${response.status}.`);
  };
