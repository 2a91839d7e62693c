import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, Origin } from '../../engine/shared/actor.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { fromFastify } from '../../transport/http-host.ts';
import type { DoorDeps } from './door.ts';

/** One request of a dialect, as its handlers get it. */
export interface Call {
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, string>>;
  readonly origin: Origin;
  /** Origin under which the client reaches the server, such as `https://chat.example.org`. */
  readonly site: string;
  /** Where the dialect is for this client, such as `https://chat.example.org/chatapp`. */
  readonly base: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler answers: a body with status 200, or another status; null where it has sent the reply itself. */
export type Answer = { readonly status?: number; readonly body: object } | null;

interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the path of the dialect. */
  readonly path: string | readonly string[];
  /** The body is a file: it has no time limit while it comes. */
  readonly takesFile?: true;
  /** Largest body in bytes, where it is not the usual one. */
  readonly bodyLimit?: number;
}

/** A route of a dialect: parse, one call of the engine, present. `public` ones need no token, `open` ones take one. */
export type Route = RouteFacts &
  (
    | { readonly access: 'session'; handle(actor: Actor, call: Call): Promise<Answer> }
    | { readonly access: 'public'; handle(call: Call): Promise<Answer> }
    /** A token that is there has to be good; without one there is no actor. */
    | { readonly access: 'open'; handle(actor: Actor | null, call: Call): Promise<Answer> }
  );

/** How a dialect words what all of its routes have in common. */
export interface RestDoor {
  readonly name: string;
  tokenOf(request: FastifyRequest): string | null;
  /** Called before each request, with the address it comes from. @throws EngineError `rate_limited` */
  admit?(origin: Origin): void;
  /** Called once who asks is known; null: nobody, or their token was refused. @throws EngineError `rate_limited` */
  count?(origin: Origin, actor: Actor | null): void;
  /** @param request null where the request could not be read */
  renderError(error: unknown, report: (cause: unknown) => void): { readonly status: number; readonly body: object };
}

/**
 * Serves routes in a scope. Empty bodies, missing bodies and URL-encoded ones are objects; errors, also those of paths
 * that are not there, are worded by the dialect.
 */
export function mountRoutes(scope: FastifyInstance, door: RestDoor, deps: DoorDeps, routes: Route[]): void {
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  answerErrors(scope, door);
  for (const route of routes) {
    for (const url of [route.path].flat()) mountRoute(scope, url, door, deps, route);
  }
}

/** Words errors of a scope, and of paths that it does not have, as a dialect does. */
export function answerErrors(scope: FastifyInstance, door: RestDoor): void {
  scope.setErrorHandler((error, request, reply) => sendError(door, fromFastify(error), request, reply));
  scope.setNotFoundHandler((request, reply) =>
    sendError(door, new EngineError('route_not_found', 'There is no such path.'), request, reply),
  );
}

function mountRoute(scope: FastifyInstance, url: string, door: RestDoor, deps: DoorDeps, route: Route): void {
  // At `/` what the server itself answers there stays, such as `/health`.
  if (scope.prefix === '' && scope.hasRoute({ method: route.method, url })) return;
  scope.route({
    method: route.method,
    url,
    schema: { hide: true },
    ...(route.takesFile && { config: { upload: true as const } }),
    ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
    onRequest: async (request) => {
      if (!route.takesFile) deps.uploads.giveWay();
      door.admit?.(deps.originOf(request.raw, door.name));
    },
    handler: async (request, reply) => {
      const site = deps.siteOf(request.raw);
      const call: Call = {
        body: objectOf(request.body),
        query: objectOf(request.query),
        params: objectOf(request.params) as Record<string, string>,
        origin: deps.originOf(request.raw, door.name),
        site,
        base: `${site}/${door.name}`,
        request,
        reply,
      };
      const answer = await answerOf(door, deps, route, call);
      if (answer === null) return reply;
      return sendBody(reply, answer.status ?? 200, answer.body);
    },
  });
}

async function answerOf(door: RestDoor, deps: DoorDeps, route: Route, call: Call): Promise<Answer> {
  if (route.access === 'public') {
    door.count?.(call.origin, null);
    return route.handle(call);
  }
  const token = door.tokenOf(call.request);
  if (token === null && route.access === 'open') {
    door.count?.(call.origin, null);
    return route.handle(null, call);
  }
  const actor = await actorOf(door, deps, call, token);
  door.count?.(call.origin, actor);
  return route.handle(actor, call);
}

/** @throws EngineError `unauthenticated` and the other reasons why a token is not good */
async function actorOf(door: RestDoor, deps: DoorDeps, { origin }: Call, token: string | null): Promise<Actor> {
  try {
    if (token === null) throw new EngineError('unauthenticated', 'There is no token.', { token: 'missing' });
    return await deps.engine.auth.authenticator.authenticate(token);
  } catch (error) {
    door.count?.(origin, null);
    throw error;
  }
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function sendError(door: RestDoor, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, body } = door.renderError(error, (cause) => request.log.error({ err: cause }, 'request failed'));
  const { retryAfter } = error instanceof EngineError ? error.details : (body as { readonly retryAfter?: unknown });
  if (typeof retryAfter === 'number') reply.header('Retry-After', retryAfter);
  return sendBody(reply, status, body);
}

function sendBody(reply: FastifyReply, status: number, body: object): FastifyReply {
  // CORS may have said already that answers differ by origin.
  const vary = [reply.getHeader('vary'), 'User-Agent'].flat().filter(Boolean).join(', ');
  return reply
    .code(status)
    .headers({ 'Cache-Control': 'no-store', Vary: vary })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
