import type { DoorDeps } from '../kit/door.ts';
import type { Places } from '../kit/places.ts';
import type { Typing } from '../kit/typing.ts';
import type { ChatappOptions } from './options.ts';

/** What the routes and events of this door use. */
export interface ChatappDeps extends DoorDeps {
  readonly options: ChatappOptions;
  readonly typing: Typing;
  readonly places: Places;
}
