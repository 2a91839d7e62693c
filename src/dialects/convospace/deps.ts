import type { DoorDeps } from '../kit/door.ts';
import type { Places } from '../kit/places.ts';
import type { Typing } from '../kit/typing.ts';
import type { Cards } from './cards.ts';
import type { Directs } from './directs.ts';
import type { Faces } from './faces.ts';
import type { HiddenPeople } from './hidden-people.ts';
import type { Numbers } from './numbers/index.ts';
import type { ConvospaceOptions } from './options.ts';
import type { SessionSockets } from './session-sockets.ts';

/** What the routes and events of this door use. */
export interface ConvospaceDeps extends DoorDeps {
  readonly options: ConvospaceOptions;
  readonly numbers: Numbers;
  readonly cards: Cards;
  readonly directs: Directs;
  readonly places: Places;
  readonly faces: Faces;
  readonly sockets: SessionSockets;
  readonly hidden: HiddenPeople;
  readonly typing: Typing;
}
