import type { FastifyInstance } from 'fastify';
import { second } from '../../engine/shared/clock.ts';
import { acceptFiles } from '../../transport/receive-file.ts';
import { RequestLimits } from '../../transport/request-limits.ts';
import type { Dialect, DoorDeps } from '../kit/door.ts';
import { DoorSockets } from '../kit/door-sockets.ts';
import { Places } from '../kit/places.ts';
import { mountRoutes, type RestDoor } from '../kit/rest.ts';
import { Typing } from '../kit/typing.ts';
import type { ChatappDeps } from './deps.ts';
import { renderError } from './errors.ts';
import { doorName as name } from './name.ts';
import type { ChatappOptions } from './options.ts';
import { typingText } from './present/typing.ts';
import { mountFiles } from './routes/files.ts';
import { chatappRoutes } from './routes/index.ts';
import { createSocketDoor } from './socket-door.ts';
import { tokenOf } from './token-of.ts';

export type { ChatappOptions } from './options.ts';

/** The door of a mobile messenger that signs in by phone; see its README. */
export function createChatapp(deps: DoorDeps, options: ChatappOptions): Dialect {
  const { max, windowSeconds } = options.requests;
  const rate = { what: 'requests', perSecond: max / windowSeconds, burst: max };
  const limits = new RequestLimits(deps.rateLimitFactor, deps.clock, rate);
  const rest: RestDoor = { name, tokenOf, admit: ({ ip }) => limits.consume(ip), renderError };
  const typing = new Typing(deps, {
    lasts: 10 * second,
    ended: (connection, typist) =>
      connection.emitText(typingText({ ...typist, typing: false }, new Date(deps.clock.now()).toISOString())),
  });
  const chatapp: ChatappDeps = { ...deps, options, typing, places: new Places(deps.engine.messages) };
  const sockets = new DoorSockets(deps);
  const door = createSocketDoor(chatapp);
  return {
    name,
    async mountRoutes(scope: FastifyInstance): Promise<void> {
      await acceptFiles(scope);
      mountRoutes(scope, rest, deps, chatappRoutes(chatapp));
      await mountFiles(scope, chatapp);
    },
    serveSockets: (namespace) => sockets.serve(namespace, door),
    errorBody: (error) => renderError(error, () => {}),
    tick() {
      sockets.tick();
      typing.tick();
    },
    stop: () => sockets.stop(),
  };
}
