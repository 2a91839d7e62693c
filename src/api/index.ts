import type { FastifyInstance } from 'fastify';
import type { Server } from 'socket.io';
import type { Engine } from '../engine/engine.ts';
import { serveDocs } from './docs/serve-docs.ts';
import { encodeEvent } from './events.ts';
import { answerErrors, type RestDeps } from './kit/mount-rest.ts';
import { mountSocket, type SocketDeps } from './kit/mount-socket.ts';
import type { MediaRoutesDeps } from './media/routes.ts';
import { mountNativeRoutes, nativeOperations } from './native-operations.ts';

export { describeRoutes } from './docs/describe-routes.ts';
export { openApiDocument } from './docs/openapi-document.ts';
export { type SocketDocument, socketDocument } from './docs/socket-document.ts';
export { socketEvents } from './events.ts';
export { unreadableUrl } from './kit/mount-rest.ts';
export { type AnyOperation, inputSchema } from './kit/operation.ts';
export { nativeOperations } from './native-operations.ts';

/**
 * Opens the native door: REST below `/v1`, Socket.IO namespace `/v1`, and its documents at `/docs`.
 *
 * @param rootIsTaken a dialect is served at `/`: what belongs to no door is its to answer
 */
export async function openNativeDoor(
  host: FastifyInstance,
  io: Server,
  engine: Engine,
  deps: RestDeps & SocketDeps & Omit<MediaRoutesDeps, 'media'>,
  rootIsTaken: boolean,
): Promise<void> {
  const operations = nativeOperations(engine);
  await mountNativeRoutes(host, operations, { ...deps, media: engine.media });
  // What belongs to no door is answered by this one.
  if (!rootIsTaken) answerErrors(host);
  if (!rootIsTaken) host.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  serveDocs(host, operations);
  mountSocket(io.of('/v1'), { name: 'v1', encode: encodeEvent }, deps, operations);
}
