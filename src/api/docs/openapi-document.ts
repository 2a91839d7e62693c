import pino from 'pino';
import { systemClock } from '../../engine/shared/clock.ts';
import { createHttpHost } from '../../transport/http-host.ts';
import { createMetrics } from '../../transport/metrics.ts';
import { mountOperationsRoutes } from '../../transport/operations-routes.ts';
import { createOriginOf } from '../../transport/origin.ts';
import { RequestLimits } from '../../transport/request-limits.ts';
import { mountNativeRoutes, type NativeDoorEngine, nativeOperations } from '../native-operations.ts';
import { describeRoutes } from './describe-routes.ts';

/** The OpenAPI document that a server shows at `/docs/openapi.json`, made without starting one. */
export async function openApiDocument(version: string): Promise<object> {
  // Operations touch the engine only when they handle a request.
  const engine = new Proxy({}, { get: () => engine }) as NativeDoorEngine;
  const host = await createHttpHost({
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    origins: [],
    trustedProxies: [],
  });
  await describeRoutes(host, { version, publicUrl: null });
  mountOperationsRoutes(host, {
    metrics: createMetrics(),
    metricsAccess: { token: null, open: false },
    checks: {},
    draining: () => false,
    version,
  });
  await mountNativeRoutes(host, nativeOperations(engine), {
    auth: engine.auth,
    media: engine.media,
    origins: [],
    originOf: createOriginOf([]),
    limits: new RequestLimits(0, systemClock),
  });
  await host.ready();
  const document = host.swagger();
  await host.close();
  return document;
}
