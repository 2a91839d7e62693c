import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import pLimit from 'p-limit';
import { type FetchOptions, PageUnavailable, type WebPage, type WebPages } from '../../engine/ports/web-pages.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { createAddressRules } from './address-rules.ts';
import { encodings, readBody } from './read-body.ts';
import { type ResolveName, resolveName } from './resolve-name.ts';

export interface WebPagesOptions {
  /** Of Parley, for the User-Agent. */
  readonly version: string;
  /** That may be reached although they are not public, as {@link createAddressRules} reads them. */
  readonly networks: readonly string[];
  /** The name servers of the machine if not given. */
  readonly resolve?: ResolveName;
  /** Of public addresses; 80 and 443 if not given. */
  readonly ports?: readonly number[];
  /** One fetch with all redirects, in milliseconds; 8 s if not given. */
  readonly totalMs?: number;
  /** Without a byte, in milliseconds; 4 s if not given. */
  readonly idleMs?: number;
  /** Fetches at a time; 16 if not given. */
  readonly atOnce?: number;
  /** Fetches that wait; 200 if not given. */
  readonly waiting?: number;
}

const maxRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const maxHeaderBytes = 16 * 1024;
const maxUrlLength = 4_000;

/** What the steps of one fetch share. */
interface Journey extends FetchOptions {
  readonly signal: AbortSignal;
  /** Ends it: too slow. */
  readonly stop: () => void;
}

/** {@link WebPages} by HTTP/1.1. */
export function createWebPages(options: WebPagesOptions): WebPages {
  const { version, networks, resolve = resolveName, ports = [80, 443], totalMs = 8_000, idleMs = 4_000 } = options;
  const rules = createAddressRules(networks, ports);
  const limit = pLimit(options.atOnce ?? 16);
  const running = new Set<() => void>();
  let closed = false;

  async function visit(start: string, journey: Journey): Promise<WebPage> {
    let url = parseUrl(start);
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      const response = await send(url, journey);
      try {
        const status = response.statusCode ?? 0;
        const { location } = response.headers;
        if (redirects.has(status) && location !== undefined) url = parseUrl(asUtf8(location), url);
        else if (status !== 200) throw new PageUnavailable('status');
        else return await read(url, response, journey);
      } finally {
        response.destroy();
      }
    }
    throw new PageUnavailable('too_many_redirects');
  }

  /** Sends a request to the very addresses that were checked. Resolves with the head of the answer. */
  async function send(url: URL, { accept, signal, stop }: Journey): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const secure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const addresses = await unlessAborted(checkedAddresses(host, portOf(url), signal), signal);
    const settings: RequestOptions & { autoSelectFamily: boolean } = {
      host,
      port: portOf(url),
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        'user-agent': `Parley/${version} (link preview)`,
        accept: `${accept.join(', ')}, */*;q=0.1`,
        'accept-encoding': encodings,
      },
      lookup: answerWith(addresses),
      autoSelectFamily: true,
      agent: false, // a connection of its own: one that is kept was opened for another check
      timeout: idleMs,
      maxHeaderSize: maxHeaderBytes,
      insecureHTTPParser: false,
      signal,
    };
    const { promise, resolve: answered, reject } = Promise.withResolvers<IncomingMessage>();
    const request = secure
      ? requestHttps({
          ...settings,
          rejectUnauthorized: true,
          servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
        })
      : requestHttp(settings);
    request.once('response', answered);
    request.once('timeout', stop);
    request.on('error', reject);
    request.once('close', () => reject(new Error('The connection was closed.')));
    request.end();
    return promise;
  }

  async function checkedAddresses(host: string, port: number, signal: AbortSignal): Promise<readonly string[]> {
    // Of a host that is an address already, no name server is asked: it is checked all the same.
    const addresses = isIP(host) === 0 ? await resolve(host, signal) : [host];
    if (addresses.length === 0) throw new PageUnavailable('unreachable');
    if (!addresses.every((address) => rules.allows(address, port))) throw new PageUnavailable('forbidden');
    return addresses;
  }

  async function fetchNow(url: string, fetchOptions: FetchOptions): Promise<WebPage> {
    const ending = new AbortController();
    const { signal } = ending;
    const stop = (): void => ending.abort();
    if (closed) stop();
    running.add(stop);
    const timer = setTimeout(stop, totalMs);
    try {
      const page = await visit(url, { ...fetchOptions, signal, stop });
      // A body without a length ends where its connection does, also where it was ended from here.
      signal.throwIfAborted();
      return page;
    } catch (error) {
      if (signal.aborted) throw new PageUnavailable('too_slow', { cause: error });
      throw error instanceof PageUnavailable ? error : new PageUnavailable('unreachable', { cause: error });
    } finally {
      clearTimeout(timer);
      running.delete(stop);
    }
  }

  return {
    async fetch(url, fetchOptions) {
      if (limit.pendingCount >= (options.waiting ?? 200)) {
        throw new EngineError('overloaded', 'Too many pages are being fetched. Try again later.');
      }
      return limit(() => fetchNow(url, fetchOptions));
    },
    async close() {
      closed = true;
      for (const stop of running) stop();
    },
  };
}

async function read(url: URL, response: IncomingMessage, { accept, maxBytes, cut }: Journey): Promise<WebPage> {
  const [type = '', ...parameters] = (response.headers['content-type'] ?? '').split(';');
  const mimeType = type.trim().toLowerCase();
  if (!accept.includes(mimeType)) throw new PageUnavailable('type');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1]);
  const body = await readBody(response, { maxBytes, cut });
  return { url: url.href, mimeType, charset: charset.find((name) => name !== undefined) ?? null, ...body };
}

/** The parser writes addresses in one way, whatever way they were written in: 0x7f.1 becomes 127.0.0.1. */
function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (!url || url.href.length > maxUrlLength || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new PageUnavailable('forbidden');
  }
  if (url.username !== '' || url.password !== '') throw new PageUnavailable('forbidden');
  url.hash = '';
  return url;
}

const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

/** Headers are read a byte a character; many servers write UTF-8 in them. */
const asUtf8 = (header: string): string => Buffer.from(header, 'latin1').toString('utf8');

/** A lookup that asks nobody: what was checked is what is connected to. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all }, callback) => {
    const [first] = answers;
    if (all) callback(null, answers);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}
