import pino from 'pino';
import type { Engine } from '../../engine/engine.ts';
import { systemClock } from '../../engine/shared/clock.ts';
import { createHttpHost } from '../../transport/http-host.ts';
import { createMetrics } from '../../transport/metrics.ts';
import { mountOperationsRoutes } from '../../transport/operations-routes.ts';
import { createOriginOf } from '../../transport/origin.ts';
import { RequestLimits } from '../../transport/request-limits.ts';
import { UploadGate } from '../../transport/upload-gate.ts';
import { unreadableUrl } from '../kit/mount-rest.ts';
import { mountNativeRoutes, nativeOperations } from '../native-operations.ts';
import { describeRoutes } from './describe-routes.ts';

/** The OpenAPI document that a server shows at `/docs/openapi.json`, made without starting one. */
export async function openApiDocument(version: string): Promise<object> {
  // Operations touch the engine only when they handle a request.
  const engine = new Proxy({}, { get: () => engine }) as Engine;
  const host = await createHttpHost({
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    originsAt: () => [],
    trustedProxies: [],
    refuseUrl: (_url, requestId) => unreadableUrl(requestId),
  });
  await describeRoutes(host, { version, publicUrl: null });
  mountOperationsRoutes(host, {
    metrics: createMetrics(),
    metricsAccess: { token: null, open: false },
    checks: {},
    sideChecks: {},
    draining: () => false,
    version,
  });
  await mountNativeRoutes(host, nativeOperations(engine), {
    auth: engine.auth,
    media: engine.media,
    origins: [],
    originOf: createOriginOf([]),
    limits: new RequestLimits(0, systemClock),
    uploads: new UploadGate(),
  });
  await host.ready();
  const document = host.swagger();
  await host.close();
  return document;
}
