import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Auth } from '../../engine/auth/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { validator } from '../../engine/shared/validate.ts';
import { fromFastify } from '../../transport/http-host.ts';
import { bearerToken, type OriginOf } from '../../transport/origin.ts';
import type { RequestLimits } from '../../transport/request-limits.ts';
import type { UploadGate } from '../../transport/upload-gate.ts';
import { renderError, statusOf } from './errors.ts';
import type { AnyOperation } from './operation.ts';
import { operationDocument } from './rest-document.ts';

export interface RestDeps {
  readonly auth: Auth;
  readonly originOf: OriginOf;
  readonly limits: RequestLimits;
  readonly uploads: UploadGate;
}

/** Serves operations as REST routes. Register it under the prefix of the door. */
export function mountRest(host: FastifyInstance, deps: RestDeps, operations: readonly AnyOperation[]): void {
  answerErrors(host);
  for (const operation of operations) mountOperation(host, deps, operation);
}

/** Words errors of a scope, and of paths that it does not have, as the native door does. */
export function answerErrors(host: FastifyInstance): void {
  host.setErrorHandler((error, request, reply) => sendError(fromFastify(error), request, reply));
  host.setNotFoundHandler((request, reply) => sendError(noSuchPath(), request, reply));
}

/** Nothing is served at the path of a request. */
export const noSuchPath = (): EngineError =>
  new EngineError('route_not_found', 'There is no such path, or not for this method.');

/** What the native door says of a URL that cannot be read. */
export const unreadableUrl = (requestId: string) => ({
  status: 400,
  body: { error: { code: 'invalid_request', message: 'The URL is not valid.', details: {}, requestId } },
});

function mountOperation(host: FastifyInstance, deps: RestDeps, operation: AnyOperation): void {
  const params = operation.params && validator(operation.params);
  const query = operation.query && validator(operation.query, { convert: true });
  const body = operation.body && validator(operation.body);

  host.route({
    method: operation.method,
    url: operation.path,
    schema: operationDocument(operation),
    handler: async (request, reply) => {
      deps.uploads.giveWay();
      const context = { origin: deps.originOf(request.raw, 'v1'), connection: null };
      const actor = operation.access === 'session' ? await authenticate(deps, request) : null;
      deps.limits.consume(actor?.sessionId ?? context.origin.ip);
      const input = {
        ...(body?.(request.body ?? {}) as object),
        ...(query?.(request.query) as object),
        ...(params?.(request.params) as object),
      };
      const result: unknown =
        operation.access === 'session'
          ? await operation.handle(actor as NonNullable<typeof actor>, input, context)
          : await operation.handle(input, context);
      const { status = operation.output ? 200 : 204 } = operation;
      reply.code(typeof status === 'function' ? status(result) : status);
      if (!operation.output) return reply.send();
      reply.header('Cache-Control', 'no-store').type('application/json; charset=utf-8');
      // Read only as fast as the client takes it, and no further once it is gone.
      if (operation.streamed) return reply.send(Readable.from(result as AsyncIterable<string>, { highWaterMark: 1 }));
      return reply.send(operation.encode ? operation.encode(result) : JSON.stringify(result));
    },
  });
}

/** Who asks. A refused token counts against the address it came from. */
export async function authenticate(deps: RestDeps, request: FastifyRequest) {
  const token = bearerToken(request);
  try {
    if (token === null)
      throw new EngineError('unauthenticated', 'Send an access token: Authorization: Bearer <token>.');
    return await deps.auth.authenticator.authenticate(token);
  } catch (error) {
    deps.limits.consume(deps.originOf(request.raw, 'v1').ip);
    throw error;
  }
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wire = renderError(error, (cause) => request.log.error({ err: cause }, 'request failed'));
  const { retryAfter } = wire.details;
  if (typeof retryAfter === 'number') reply.header('Retry-After', retryAfter);
  return reply
    .code(statusOf[wire.code])
    .header('Cache-Control', 'no-store')
    .send({ error: { ...wire, requestId: request.id } });
}
