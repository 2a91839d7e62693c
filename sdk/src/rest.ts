import { fromWire, ParleyError, type WireError } from './errors.ts';
import { type Operations, routes } from './generated/protocol.ts';

export type OperationName = keyof Operations;

/** Where the server is. */
export interface ServerAddress {
  /** What comes before a path of the server, such as `https://chat.example.org`. */
  readonly base: string;
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
  const below = pathname.replace(/\/+$/, '');
  const base = `${origin}${below}`;
  return { base, api: `${base}/v1`, namespace: `${origin}/v1`, socketPath: `${below}/socket.io` };
}

/** How long an answer is waited for; of a stream, its beginning. */
const answerWithin = 15_000;

export interface CallOptions {
  readonly token: string | null;
  readonly signal: AbortSignal;
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
  { token, signal }: CallOptions,
): Promise<Operations[Name]['output']> {
  const request = requestOf(address, name, input, token);
  const { response, text } = await answered(name, async () => {
    const response = await fetch(request, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]) });
    return { response, text: await response.text() };
  });
  if (!response.ok) throw refusalOf(name, response, text);
  return parse(text) as Operations[Name]['output'];
}

/**
 * Calls an operation whose answer is long, and passes it on as it comes. The stream fails where it ends too early.
 *
 * @throws ParleyError as {@link callRest}
 */
export async function streamRest<Name extends OperationName>(
  address: ServerAddress,
  name: Name,
  input: Operations[Name]['input'],
  { token, signal }: CallOptions,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetchRest(name, requestOf(address, name, input, token), signal);
  return response.body ?? new ReadableStream({ start: (controller) => controller.close() });
}

/**
 * Fetches what is no answer in JSON. Only its beginning is waited for.
 *
 * @param name of what is fetched, for errors
 * @throws ParleyError as {@link callRest}
 */
export async function fetchRest(name: string, request: Request, signal: AbortSignal): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answerWithin);
  try {
    const response = await answered(name, () => fetch(request, { signal: AbortSignal.any([signal, late.signal]) }));
    if (!response.ok) throw refusalOf(name, response, await answered(name, () => response.text()));
    return response;
  } finally {
    clearTimeout(timer);
  }
}

function requestOf<Name extends OperationName>(
  address: ServerAddress,
  name: Name,
  input: Operations[Name]['input'],
  token: string | null,
): Request {
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
  return new Request(`${address.api}${route}${search.length > 0 ? `?${search.join('&')}` : ''}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(hasBody && { 'content-type': 'application/json' }),
    },
    ...(hasBody && { body: JSON.stringify(Object.fromEntries(rest)) }),
  });
}

async function answered<Answer>(name: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw new ParleyError('offline', `There was no answer to ${name}.`, { cause: String(error) });
  }
}

/** Why a request was refused, from its answer. */
export function refusalOf(name: string, { status }: { readonly status: number }, text: string): ParleyError {
  const refusal = (parse(text) as { error?: WireError } | null)?.error;
  if (typeof refusal?.code === 'string') return fromWire(refusal);
  // Not the server's own words: a proxy's, which takes no more, or while the server is away.
  if (status === 413) return new ParleyError('payload_too_large', `${name} has too many bytes.`, { status });
  return new ParleyError('offline', `${name} was answered with status ${status}.`, { status });
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
