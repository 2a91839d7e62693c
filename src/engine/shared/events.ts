import type { Bus } from '../ports/bus.ts';

/**
 * The facts that features announce, by type. Each feature adds its own in its `events.ts`:
 *
 *     declare module '../shared/events.ts' { interface EventMap { 'message.created': MessageCreated } }
 */
// biome-ignore lint/suspicious/noEmptyInterface: features fill it by declaration merging
export interface EventMap {}

export type EventType = keyof EventMap;

/**
 * Who gets an event.
 * - `people`: the live connections of each of the named people. Right for a direct conversation and for one's own things.
 * - `conversation`: everybody whose connection follows that conversation; no member list is needed to send it.
 * - `watchers`: everybody who watches that person's presence and profile. `public`: the same goes to `everyone`.
 * - `everyone`: connections that ask for what is no secret of anybody, whoever they belong to.
 * - `nodes`: every node, for what it keeps in memory. Never shown to a client as it is.
 */
export type Audience =
  | { readonly kind: 'people'; readonly ids: readonly string[] }
  | { readonly kind: 'conversation'; readonly id: string }
  | { readonly kind: 'watchers'; readonly id: string; readonly public?: boolean }
  | { readonly kind: 'everyone' }
  | { readonly kind: 'nodes' };

/** A fact that has been committed (or is ephemeral), with all that any door needs to show it without a query. */
export type EngineEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly type: K;
    readonly audience: Audience;
    readonly data: EventMap[K];
    /** The connection whose command caused it, which learns of it by its ack and not again by the event. */
    readonly origin?: string | undefined;
  };
}[T];

/** Names of the bus's topics. */
export const topics = {
  person: (id: string) => `person:${id}`,
  conversation: (id: string) => `conversation:${id}`,
  watchers: (personId: string) => `watchers:${personId}`,
  everyone: 'everyone',
  nodes: 'nodes',
} as const;

function topicsOf(audience: Audience): string[] {
  switch (audience.kind) {
    case 'people':
      return audience.ids.map(topics.person);
    case 'conversation':
      return [topics.conversation(audience.id)];
    case 'watchers':
      return [topics.watchers(audience.id)];
    case 'everyone':
      return [topics.everyone];
    case 'nodes':
      return [topics.nodes];
  }
}

/** Hands an event to the bus. Call it after commit only; inside a unit of work, use its `announce`. */
export type Publish = (event: EngineEvent) => void;

/** Publishes on a bus, one topic for each person or conversation that the event is for. */
export function publishOn(bus: Bus): Publish {
  return (event) => bus.publish(topicsOf(event.audience), event);
}
