import type { EngineEvent } from '../../../engine/shared/events.ts';
import type { DoorEvents } from '../../kit/door-connection.ts';
import type { ChatappDeps } from '../deps.ts';
import { conversationEncoders } from './conversations.ts';
import type { Encoders } from './encoders.ts';
import { messageEncoders } from './messages.ts';
import { peopleEncoders } from './people.ts';

const encoders: Encoders = { ...conversationEncoders, ...messageEncoders, ...peopleEncoders };

/** What clients of this door get of an engine event; null where they get nothing. */
export function encodeEvent(deps: ChatappDeps, event: EngineEvent): DoorEvents | null {
  const encode = encoders[event.type] as
    | ((data: EngineEvent['data'], deps: ChatappDeps, timestamp: string) => DoorEvents | null)
    | undefined;
  return encode?.(event.data, deps, timestampOf(deps.clock.now())) ?? null;
}

let last = { at: Number.NaN, text: '' };

/** Many events come in one millisecond. */
function timestampOf(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
