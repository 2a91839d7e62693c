import type { PresenceState } from './generated/protocol.ts';

export interface PresenceHooks {
  /** Asks the server for the presence of these people, and to be told of changes. */
  readonly ask: (personIds: readonly string[]) => Promise<readonly PresenceState[]>;
  readonly changed: (state: PresenceState) => void;
}

/** The people whose presence and profiles an app follows, and what is known of them. */
export class PresenceWatch {
  readonly #hooks: PresenceHooks;
  readonly #states = new Map<string, PresenceState>();
  #watched: readonly string[] = [];

  constructor(hooks: PresenceHooks) {
    this.#hooks = hooks;
  }

  /** Follows exactly these people, once {@link refresh} was called. */
  set(personIds: readonly string[]): void {
    this.#watched = [...new Set(personIds)];
    for (const id of this.#states.keys()) if (!this.has(id)) this.#states.delete(id);
  }

  has(personId: string): boolean {
    return this.#watched.includes(personId);
  }

  get empty(): boolean {
    return this.#watched.length === 0;
  }

  get(personId: string): PresenceState | null {
    return this.#states.get(personId) ?? null;
  }

  get known(): PresenceState[] {
    return this.#watched.flatMap((id) => this.#states.get(id) ?? []);
  }

  /** Tells the server of whom to tell. It forgets that with the connection. */
  async refresh(): Promise<void> {
    const states = await this.#hooks.ask(this.#watched);
    const visible = new Set(states.map(({ personId }) => personId));
    for (const id of this.#states.keys()) if (!visible.has(id)) this.hide(id);
    for (const state of states) this.receive(state);
  }

  receive(state: PresenceState): void {
    if (!this.has(state.personId)) return;
    const held = this.#states.get(state.personId);
    this.#states.set(state.personId, state);
    if (JSON.stringify(held) !== JSON.stringify(state)) this.#hooks.changed(state);
  }

  /** The person is no longer shown to me. */
  hide(personId: string): void {
    const unknown = { online: false, lastSeenAt: null, availability: 'offline', customStatus: null } as const;
    if (this.#states.delete(personId)) this.#hooks.changed({ personId, ...unknown });
  }
}
