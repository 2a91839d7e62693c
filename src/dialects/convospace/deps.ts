import type { DoorDeps } from '../kit/door.ts';
import type { Places } from '../kit/places.ts';
import type { Cards } from './cards.ts';
import type { Directs } from './directs.ts';
import type { Numbers } from './numbers/index.ts';
import type { ConvospaceOptions } from './options.ts';

/** What the routes and events of this door use. */
export interface ConvospaceDeps extends DoorDeps {
  readonly options: ConvospaceOptions;
  readonly numbers: Numbers;
  readonly cards: Cards;
  readonly directs: Directs;
  readonly places: Places;
}
