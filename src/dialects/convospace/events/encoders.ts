import type { EngineEvent, EventType } from '../../../engine/shared/events.ts';
import {
  type DoorConnection,
  type DoorEvents,
  type DoorTexts,
  type EventText,
  eventOrigin,
} from '../../kit/door-connection.ts';
import type { ConvospaceDeps } from '../deps.ts';
import type { Named, NumberOf } from '../numbers/index.ts';
import type { Showing } from '../present/showing.ts';

/** Makes of an engine event what clients of this door get; null where they get nothing. */
export type Encoders = {
  readonly [T in EventType]?: (event: Extract<EngineEvent, { type: T }>, deps: ConvospaceDeps) => DoorEvents | null;
};

/** Translates what names things, at once where their numbers are known. Clients miss it where they cannot be found. */
export function withNumbers(deps: ConvospaceDeps, named: Named, make: (n: NumberOf) => DoorTexts): DoorEvents {
  const known = deps.numbers.known(named);
  if (known) return make(known);
  return soon(deps, async () => make(await deps.numbers.of(named)));
}

/** Translates what has to be looked up. Clients miss it where that fails. */
export function soon(deps: Pick<ConvospaceDeps, 'logger'>, make: () => Promise<DoorTexts>): Promise<DoorTexts> {
  return make().catch((error: unknown) => {
    deps.logger.error({ err: error }, 'event could not be translated');
    return [];
  });
}

/** How things are shown in events. */
export const inEvents = ({ fileNames, publicUrl }: ConvospaceDeps, n: NumberOf): Showing => ({
  n,
  site: eventOrigin(publicUrl),
  fileNames,
});

/** To one socket of each session of some people, with a text of their own. */
export const toSessionsOf =
  ({ sockets }: ConvospaceDeps, texts: ReadonlyMap<string, readonly EventText[]>) =>
  (connection: DoorConnection): readonly EventText[] =>
    (sockets.isLast(connection) && texts.get(connection.personId)) || [];

/** The two people of a direct conversation; null of a group, which is not there for this door. */
export function pairOfEvent({ audience }: Pick<EngineEvent, 'audience'>): readonly [string, string] | null {
  const [one, two, more] = audience.kind === 'people' ? audience.ids : [];
  return one !== undefined && two !== undefined && more === undefined ? [one, two] : null;
}

/** The other one of two people. */
export const otherOfPair = ([one, two]: readonly [string, string], personId: string): string =>
  one === personId ? two : one;
