import type { Engine } from '../../engine/engine.ts';
import type { PresenceView } from '../../engine/presence/index.ts';
import type { EngineEvent } from '../../engine/shared/events.ts';
import type { Logger } from '../../transport/logger.ts';

/** A connection that follows the presence of people by itself. */
export interface Watcher {
  readonly personId: string;
  watch(personIds: readonly string[]): Promise<void>;
  /** Tells it that somebody whom it follows is online. */
  show(presence: PresenceView): void;
}

/**
 * Finds out whom the connections of this node may watch from now on, after events that have changed it, and tells them
 * who of those is online: what has let them see somebody does not say so. What one turn of the event loop brings is asked at once,
 * however many connections it concerns.
 */
export class PresenceAudience {
  readonly #presence: Pick<Engine['presence'], 'visibleTo'>;
  readonly #logger: Logger;
  #asked = new Map<Watcher, Set<string>>();
  /** Who is about to be shown, to whom: while that is read, something newer may be told. */
  readonly #toShow = new Set<Map<Watcher, Set<string>>>();

  constructor(presence: Pick<Engine['presence'], 'visibleTo'>, logger: Logger) {
    this.#presence = presence;
    this.#logger = logger;
  }

  /** Looks whether an event may let a connection see somebody, or see them for another reason than before. */
  consider(watcher: Watcher, event: EngineEvent): void {
    if (event.type === 'presence.changed') {
      for (const toShow of this.#toShow) toShow.get(watcher)?.delete(event.data.personId);
    }
    for (const personId of peopleOf(event, watcher.personId)) {
      if (personId === watcher.personId) continue;
      if (this.#asked.size === 0) setImmediate(() => this.#ask());
      const asked = this.#asked.get(watcher) ?? new Set<string>();
      this.#asked.set(watcher, asked.add(personId));
    }
  }

  #ask(): void {
    const asked = this.#asked;
    this.#asked = new Map();
    this.#answer(asked).catch((error: unknown) => this.#logger.warn({ err: error }, 'presence failed'));
  }

  async #answer(asked: ReadonlyMap<Watcher, ReadonlySet<string>>): Promise<void> {
    const visible = await this.#visible(asked);
    const toShow = new Map<Watcher, Set<string>>();
    for (const [watcher, people] of asked) {
      const seen = [...people].filter((personId) => visible.has(keyOf(watcher.personId, personId)));
      await watcher.watch(seen);
      toShow.set(watcher, new Set(seen));
    }
    this.#toShow.add(toShow);
    try {
      // Read again, now that no change can be missed.
      const shown = await this.#visible(toShow);
      for (const [watcher, people] of toShow) {
        for (const personId of people) {
          const presence = shown.get(keyOf(watcher.personId, personId));
          if (presence?.online) watcher.show(presence);
        }
      }
    } finally {
      this.#toShow.delete(toShow);
    }
  }

  async #visible(asked: ReadonlyMap<Watcher, ReadonlySet<string>>): Promise<Map<string, PresenceView>> {
    const pairs = new Map<string, { readonly viewerId: string; readonly personId: string }>();
    for (const [{ personId: viewerId }, people] of asked) {
      for (const personId of people) pairs.set(keyOf(viewerId, personId), { viewerId, personId });
    }
    const seen = await this.#presence.visibleTo([...pairs.values()]);
    return new Map(seen.map(({ viewerId, presence }) => [keyOf(viewerId, presence.personId), presence]));
  }
}

const keyOf = (viewerId: string, personId: string): string => `${viewerId}:${personId}`;

function peopleOf(event: EngineEvent, viewerId: string): readonly string[] {
  switch (event.type) {
    case 'conversation.joined':
      return event.data.conversation.members.map(({ person }) => person.id);
    case 'members.joined':
      return event.data.members.map(({ person }) => person.id);
    case 'contact.updated':
      return event.data.contact.person ? [event.data.contact.person.id] : [];
    case 'block.changed':
      return event.data.blocked ? [] : [event.data.person.id];
    case 'presence.revealed':
      return [event.data.personId];
    case 'presence.audience_changed':
      return event.data.viewerId === null || event.data.viewerId === viewerId ? [event.data.personId] : [];
    default:
      return [];
  }
}
