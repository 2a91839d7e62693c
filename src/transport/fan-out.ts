import type { Bus } from '../engine/ports/bus.ts';
import type { EngineEvent } from '../engine/shared/events.ts';

/**
 * A live connection of one door, as fan-out sees it.
 *
 * @typeParam Encoded what the door makes of an event for all of its connections
 */
export interface Subscriber<Encoded = unknown> {
  /** Unique among all connections of all nodes; events name it as their origin. */
  readonly id: string;
  readonly door: LiveDoor<Encoded>;
  /** Takes an event that was translated for its door. Must not throw and must not wait. */
  deliver(encoded: Encoded, event: EngineEvent): void;
}

/** A door that has live connections. */
export interface LiveDoor<Encoded = unknown> {
  readonly name: string;
  /**
   * Translates an event for this door's wire, once for all of its connections. It may not query: events carry what
   * doors need, but for names that a door alone gives to things.
   *
   * @returns null where the door does not show such events
   */
  encode(event: EngineEvent): Encoded | null;
}

interface Topic {
  readonly subscribers: Set<Subscriber>;
  active: Promise<() => void>;
  /** The bus delivers it by now. */
  ready: boolean;
}

/**
 * Brings events from the bus to the connections of this node. A topic is subscribed on the bus while a connection here
 * cares for it.
 *
 * Guarantees: once `follow` has resolved, each later event of the topic reaches the subscriber, in the order of the bus,
 * but for those that the subscriber itself caused.
 */
export class FanOut {
  readonly #bus: Bus;
  readonly #topics = new Map<string, Topic>();
  /** The event last encoded, for each door: an event reaches several topics and connections in a row. */
  readonly #encoded = new Map<LiveDoor, { event: EngineEvent; encoded: unknown }>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Whether what is published on this node has reached its connections when publishing returns. */
  get immediate(): boolean {
    return this.#bus.immediate;
  }

  async follow(subscriber: Subscriber, name: string): Promise<void> {
    let topic = this.#topics.get(name);
    if (!topic) {
      const subscribers = new Set<Subscriber>();
      const active = this.#bus.subscribe(name, (payload) => this.#deliver(subscribers, payload as EngineEvent));
      const made: Topic = { subscribers, active, ready: this.#bus.immediate };
      active.then(
        () => {
          made.ready = true;
        },
        () => {},
      );
      topic = made;
      this.#topics.set(name, topic);
    }
    topic.subscribers.add(subscriber);
    try {
      await topic.active;
    } catch (error) {
      this.unfollow(subscriber, name);
      throw error;
    }
  }

  /** Whether who follows the topic now misses nothing: it is delivered here already, or will be at once. */
  isActive(name: string): boolean {
    return this.#topics.get(name)?.ready ?? this.#bus.immediate;
  }

  unfollow(subscriber: Subscriber, name: string): void {
    const topic = this.#topics.get(name);
    if (!topic?.subscribers.delete(subscriber) || topic.subscribers.size > 0) return;
    this.#topics.delete(name);
    topic.active.then(
      (stop) => stop(),
      () => {},
    );
  }

  #deliver(subscribers: ReadonlySet<Subscriber>, event: EngineEvent): void {
    for (const subscriber of subscribers) {
      if (event.origin !== undefined && event.origin === subscriber.id) continue;
      const encoded = this.#encode(subscriber.door, event);
      if (encoded !== null) subscriber.deliver(encoded, event);
    }
  }

  #encode(door: LiveDoor, event: EngineEvent): unknown {
    const last = this.#encoded.get(door);
    if (last?.event === event) return last.encoded;
    const encoded = door.encode(event);
    this.#encoded.set(door, { event, encoded });
    return encoded;
  }
}
