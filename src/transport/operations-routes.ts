import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Metrics } from './metrics.ts';
import { bearerToken } from './origin.ts';

export interface OperationsDeps {
  readonly metrics: Metrics;
  readonly metricsAccess: { readonly token: string | null; readonly open: boolean };
  /** Each rejects, or takes too long, where what it names does not work. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** Of what the server can do without: told, and it is ready all the same. */
  readonly sideChecks: Readonly<Record<string, () => Promise<void>>>;
  /** The server is stopping. */
  readonly draining: () => boolean;
  /** Shown by `/health`. */
  readonly version: string;
}

const checkTimeout = 3_000;

const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not ready'), Type.Literal('draining')]),
  checks: Type.Record(Type.String(), Type.Union([Type.Literal('ok'), Type.Literal('failing')])),
});

/** What the OpenAPI document says of a route. */
const documents = {
  health: {
    operationId: 'health',
    tags: ['operations'],
    summary: 'The process runs',
    response: { 200: { description: 'It does.', ...Health } },
    security: [],
  },
  ready: {
    operationId: 'ready',
    tags: ['operations'],
    summary: 'The server can serve',
    description:
      'It needs `storage` and `bus`. `scanner`, where there is one, is told only: while it fails, files wait, and all else goes on.',
    response: {
      200: { description: 'Send it requests.', ...Readiness },
      503: { description: 'It stops, or something that it needs does not answer.', ...Readiness },
    },
    security: [],
  },
  metrics: {
    operationId: 'metrics',
    tags: ['operations'],
    summary: 'Figures for Prometheus',
    description: 'With the token of `PARLEY_METRICS_TOKEN`. Without one, open in development and closed in production.',
    response: {
      200: { description: 'Text format of Prometheus.', type: 'string' },
      401: { description: 'The token is missing or wrong.', ...Type.Object({ error: Type.String() }) },
    },
    security: [{ bearer: [] }, {}],
  },
};

/** What operators and load balancers ask, at the root whatever else is served there. */
export function mountOperationsRoutes(host: FastifyInstance, deps: OperationsDeps): void {
  host.get('/health', { schema: documents.health }, async (_request, reply) =>
    reply.header('Cache-Control', 'no-store').send({ status: 'ok', version: deps.version }),
  );

  host.get('/ready', { schema: documents.ready }, async (_request, reply) => {
    const [needed, beside] = await Promise.all([look(deps.checks), look(deps.sideChecks)]);
    const checks = { ...needed, ...beside };
    const ready = Object.values(needed).every((result) => result === 'ok') && !deps.draining();
    const status = deps.draining() ? 'draining' : ready ? 'ready' : 'not ready';
    return reply
      .code(ready ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ status, checks });
  });

  host.get('/metrics', { schema: documents.metrics }, async (request, reply) => {
    const { token, open } = deps.metricsAccess;
    const allowed = token === null ? open : sameText(bearerToken(request) ?? '', token);
    if (!allowed) {
      return reply.code(401).send({ error: 'Set PARLEY_METRICS_TOKEN and send it: Authorization: Bearer <token>.' });
    }
    return reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });

  host.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    deps.metrics.requests.observe(labels, reply.elapsedTime / 1_000);
  });
}

async function look(checks: Readonly<Record<string, () => Promise<void>>>): Promise<Record<string, 'ok' | 'failing'>> {
  const looked = Object.entries(checks).map(async ([name, check]) => [name, (await works(check)) ? 'ok' : 'failing']);
  return Object.fromEntries(await Promise.all(looked));
}

async function works(check: () => Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('The check took too long.')), checkTimeout);
  try {
    await Promise.race([check(), late.promise]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
