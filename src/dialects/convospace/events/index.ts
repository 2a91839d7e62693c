import type { EngineEvent } from '../../../engine/shared/events.ts';
import type { DoorEvents } from '../../kit/door-connection.ts';
import type { ConvospaceDeps } from '../deps.ts';
import type { Encoders } from './encoders.ts';
import { messageEncoders } from './messages.ts';
import { peopleEncoders } from './people.ts';

export { withNumbers } from './encoders.ts';
export { typingText } from './people.ts';

const encoders: Encoders = { ...messageEncoders, ...peopleEncoders };

/** What clients of this door get of an engine event; null where they get nothing. */
export function encodeEvent(deps: ConvospaceDeps, event: EngineEvent): DoorEvents | null {
  const encode = encoders[event.type] as ((event: EngineEvent, deps: ConvospaceDeps) => DoorEvents | null) | undefined;
  return encode?.(event, deps) ?? null;
}
