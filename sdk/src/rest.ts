import { fromWire, ParleyError, type WireError } from './errors.ts';
import { type Operations, routes } from './generated/protocol.ts';

export type OperationName = keyof Operations;

/** Where the server is. */
export interface ServerAddress {
  /** Base of the native API, such as `https://chat.example.org/v1`. */
  readonly api: string;
  /** URL of the Socket.IO namespace. */
  readonly namespace: string;
  /** Path of Socket.IO. */
  readonly socketPath: string;
}

/** @param url the server's origin, with a path where a proxy serves it below one */
export function addressOf(url: string): ServerAddress {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, '');
  return { api: `${origin}${base}/v1`, namespace: `${origin}/v1`, socketPath: `${base}/socket.io` };
}

/**
 * Calls an operation over REST.
 *
 * @throws ParleyError the server's refusal, or `offline` where there was no answer
 */
export async function callRest<Name extends OperationName>(
  address: ServerAddress,
  name: Name,
  input: Operations[Name]['input'],
  options: { token: string | null; signal: AbortSignal },
): Promise<Operations[Name]['output']> {
  const { method, path, query } = routes[name];
  const rest = new Map(Object.entries(input as Record<string, unknown>).filter(([, value]) => value !== undefined));
  const take = (key: string): string => {
    const value = String(rest.get(key));
    rest.delete(key);
    return encodeURIComponent(value);
  };
  const route = path.replace(/:(\w+)/g, (_, key: string) => take(key));
  const search = (query as readonly string[]).filter((key) => rest.has(key)).map((key) => `${key}=${take(key)}`);
  const hasBody = method !== 'GET' && rest.size > 0;

  let response: Response;
  let text: string;
  try {
    response = await fetch(`${address.api}${route}${search.length > 0 ? `?${search.join('&')}` : ''}`, {
      method,
      headers: {
        ...(options.token !== null && { authorization: `Bearer ${options.token}` }),
        ...(hasBody && { 'content-type': 'application/json' }),
      },
      ...(hasBody && { body: JSON.stringify(Object.fromEntries(rest)) }),
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(15_000)]),
    });
    text = await response.text();
  } catch (error) {
    throw new ParleyError('offline', `There was no answer to ${name}.`, { cause: String(error) });
  }
  const body = parse(text);
  if (response.ok) return body as Operations[Name]['output'];
  const refusal = (body as { error?: WireError } | null)?.error;
  if (typeof refusal?.code === 'string') throw fromWire(refusal);
  // Not the server's own words: a proxy's, while the server is away.
  throw new ParleyError('offline', `${name} was answered with status ${response.status}.`, { status: response.status });
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
