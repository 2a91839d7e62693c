import type { EngineEvent, EventType } from '../../../engine/shared/events.ts';
import { type DoorEvents, eventOrigin } from '../../kit/door-connection.ts';
import type { ChatappDeps } from '../deps.ts';
import { doorName } from '../name.ts';

/** Makes of an engine event what clients of this door get; null where they get nothing. */
export type Encoders = {
  readonly [T in EventType]?: (
    data: Extract<EngineEvent, { type: T }>['data'],
    deps: ChatappDeps,
    /** The moment at which it is told, in ISO 8601. */
    timestamp: string,
  ) => DoorEvents | null;
};

/** Where the door is for the client that gets an event. */
export const baseOf = ({ publicUrl }: Pick<ChatappDeps, 'publicUrl'>): string =>
  `${eventOrigin(publicUrl)}/${doorName}`;
