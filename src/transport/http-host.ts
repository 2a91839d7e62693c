import { isUtf8 } from 'node:buffer';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../engine/shared/clock.ts';
import { EngineError } from '../engine/shared/errors.ts';
import { newId } from '../engine/shared/ids.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body is a file: it has no time limit while it comes. */
    readonly upload?: true;
  }
}

export interface HttpHostOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Origins that are allowed at a URL; `*` for all. */
  readonly originsAt: (url: string) => readonly string[];
  readonly trustedProxies: readonly string[];
  /** Words the refusal of a URL that cannot be read, before any route is known. */
  readonly refuseUrl: (url: string, requestId: string) => { readonly status: number; readonly body: object };
  /** In milliseconds; sensible ones if not given. */
  readonly timeouts?: { readonly headers: number; readonly request: number; readonly checkEvery: number };
}

/** Largest body of a request that is not an upload, in bytes. */
const bodyLimit = 256 * 1024;

/**
 * The HTTP server that all doors share: logging, CORS, security headers, body parsing. Each door registers its routes,
 * and how it words errors, in a scope of its own.
 */
export async function createHttpHost(options: HttpHostOptions): Promise<FastifyInstance> {
  const host = Fastify({
    loggerInstance: quiet(options.logger),
    childLoggerFactory: (_quiet, bindings, loggerOptions) => options.logger.child(bindings, loggerOptions),
    genReqId: () => newId(options.clock),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit,
    // Bodies have limits of their own, by route: see below.
    requestTimeout: 0,
    http: {
      headersTimeout: options.timeouts?.headers ?? 20_000,
      connectionsCheckingInterval: options.timeouts?.checkEvery ?? 5_000,
    },
    frameworkErrors: (_error, request, reply) => {
      const { status, body } = options.refuseUrl(request.raw.url ?? '', request.id);
      (reply as FastifyReply).code(status).send(body);
    },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    // Doors validate with their own validators and errors; the schemas of routes are for the documents.
  }) as unknown as FastifyInstance;
  host.setValidatorCompiler(() => () => true);
  host.setSerializerCompiler(() => (value) => JSON.stringify(value));

  const parse = host.getDefaultJsonParser('error', 'error');
  host.removeContentTypeParser('application/json');
  host.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Many HTTP clients name JSON as the type of an empty body.
    if (body.length === 0) done(null, {});
    else if (!isUtf8(body)) done(new EngineError('invalid_text', 'The body is not UTF-8.'));
    else parse(request, body.toString(), done);
  });

  await host.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  const preflight = {
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
  };
  // An OPTIONS request that asks for no method is no preflight, and goes to its route: tus has one.
  const other = { ...preflight, preflight: false };
  await host.register(cors, {
    delegator: ({ headers, url }, done) => {
      const asked = headers['access-control-request-method'] ? preflight : other;
      done(null, { ...asked, origin: corsOrigin(options.originsAt(url)) });
    },
  });

  const bodyTime = options.timeouts?.request ?? 60_000;
  host.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    limitBodyTime(request, bodyTime);
  });
  host.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const level = reply.statusCode >= 500 ? 'error' : 'debug';
    // The route and not the URL: a URL may carry what somebody searched for.
    request.log[level]({ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
  });
  return host;
}

const requestTimeout = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Who sends a body slowly on purpose holds a connection, and its memory, for no longer than this. An upload may take its
 * time, as long as something comes.
 */
function limitBodyTime({ raw, routeOptions }: FastifyRequest, milliseconds: number): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
  if ((length === undefined || length === '0') && encoding === undefined) return;
  const { socket } = raw;
  let received = socket.bytesRead;
  const timer = setTimeout(() => {
    if (raw.complete || socket.destroyed) return;
    if (routeOptions.config?.upload && socket.bytesRead > received) {
      received = socket.bytesRead;
      timer.refresh();
    } else {
      socket.write(requestTimeout);
      socket.destroySoon();
    }
  }, milliseconds);
  timer.unref();
  const over = (): void => clearTimeout(timer);
  raw.once('end', over);
  raw.once('close', over);
}

/** Fastify says for every address that it listens; the one line that main.ts writes is enough. */
function quiet(logger: Logger): Logger {
  return logger.isLevelEnabled('info') ? logger.child({}, { level: 'warn' }) : logger;
}

/** The origin option of `cors` and of Socket.IO. `null` is the origin of pages opened from a file. */
export function corsOrigin(origins: readonly string[]): true | string[] {
  return origins.includes('*') ? true : [...origins];
}

/** Turns what Fastify refuses before a handler runs into the engine's errors. */
export function fromFastify(error: unknown): unknown {
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new EngineError('payload_too_large', `A body has at most ${bodyLimit} bytes.`, { limit: bodyLimit });
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP')) {
    return new EngineError('invalid_request', 'The body must be JSON, with the header Content-Type: application/json.');
  }
  if (statusCode === 400) return new EngineError('invalid_request', 'The body is not valid JSON.');
  return error;
}
