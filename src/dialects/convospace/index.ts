import type { FastifyInstance } from 'fastify';
import { minute } from '../../engine/shared/clock.ts';
import type { Dialect, DoorDeps } from '../kit/door.ts';
import { DoorSockets } from '../kit/door-sockets.ts';
import { Places } from '../kit/places.ts';
import { mountRoutes } from '../kit/rest.ts';
import { Typing } from '../kit/typing.ts';
import { Cards } from './cards.ts';
import type { ConvospaceDeps } from './deps.ts';
import { Directs } from './directs.ts';
import { renderError } from './errors.ts';
import { typingText, withNumbers } from './events/index.ts';
import { Faces } from './faces.ts';
import { HiddenPeople } from './hidden-people.ts';
import { doorName as name } from './name.ts';
import { Numbers } from './numbers/index.ts';
import type { ConvospaceOptions } from './options.ts';
import { createRestDoor } from './rest-door.ts';
import { convospaceRoutes } from './routes/index.ts';
import { SessionSockets } from './session-sockets.ts';
import { createSocketDoor } from './socket-door.ts';

export type { ConvospaceOptions } from './options.ts';

/** Clients never end it by themselves, and bear no shorter time than a minute. */
const typingLasts = 2 * minute;

/** The door of a one-to-one messenger whose clients know everything by small numbers; see its README. */
export function createConvospace(deps: DoorDeps, options: ConvospaceOptions): Dialect {
  const { engine } = deps;
  const cards = new Cards(engine.presence);
  const numbers = new Numbers(deps.database);
  const typing = new Typing(deps, {
    lasts: typingLasts,
    ended(connection, typist) {
      const named = { user: [typist.personId], conversation: [typist.conversationId] };
      const texts = withNumbers(convospace, named, (n) => [typingText({ ...typist, typing: false }, n)]);
      connection.inOrder(texts, (ready) => {
        for (const text of typeof ready === 'function' ? ready(connection) : ready) connection.emitText(text);
      });
    },
  });
  const convospace: ConvospaceDeps = {
    ...deps,
    options,
    numbers,
    cards,
    faces: new Faces(cards),
    directs: new Directs(engine.inbox),
    places: new Places(engine.messages),
    sockets: new SessionSockets(),
    hidden: new HiddenPeople(),
    typing,
  };
  const connections = new DoorSockets(deps);
  const door = createSocketDoor(convospace);
  warn(deps, options);
  return {
    name,
    origins: options.origins,
    async mountRoutes(scope: FastifyInstance): Promise<void> {
      mountRoutes(scope, createRestDoor(convospace), deps, convospaceRoutes(convospace));
    },
    serveSockets: (namespace) => connections.serve(namespace, door),
    errorBody: (error) => renderError(error, () => {}),
    tick() {
      connections.tick();
      typing.tick();
    },
    stop: () => connections.stop(),
  };
}

/** Tells operators what they may not have meant to allow. */
function warn({ logger, production }: DoorDeps, { directory, otp }: ConvospaceOptions): void {
  if (directory === 'public') {
    logger.warn('CONVOSPACE_DIRECTORY is public: anybody can read the names of all people, without signing in');
  }
  if (production && otp.printed) {
    logger.warn('CONVOSPACE_OTP_DELIVERY is console: whoever reads the output can sign in as anybody by convospace');
  }
}
