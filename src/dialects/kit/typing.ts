import type { DoorDeps } from './door.ts';
import type { DoorConnection } from './door-connection.ts';

/** Somebody in a conversation. */
export interface Typist {
  readonly conversationId: string;
  readonly personId: string;
}

/** What a dialect says of typing. */
export interface TypingRules {
  /** How long somebody types without saying so again, in milliseconds. */
  readonly lasts: number;
  /** Tells a connection that somebody has stopped, of whom nothing was heard for so long. */
  ended(connection: DoorConnection, typist: Typist): void;
}

const keyOf = ({ conversationId, personId }: Typist): string => `${conversationId}:${personId}`;

/**
 * Who types where. Clients of dialects wait to be told that somebody has stopped; this sees to it, for those who type on
 * this node and for what connections of this node are shown: clients of other doors may stop without a word.
 */
export class Typing {
  readonly #deps: Pick<DoorDeps, 'engine' | 'clock' | 'logger'>;
  readonly #rules: TypingRules;
  /** By connection: until when it types in which conversations. */
  readonly #until = new Map<DoorConnection, Map<string, number>>();

  /** By connection: who is shown to it as typing, and until when. */
  readonly #shown = new Map<DoorConnection, Map<string, Typist & { readonly until: number }>>();

  constructor(deps: Pick<DoorDeps, 'engine' | 'clock' | 'logger'>, rules: TypingRules) {
    this.#deps = deps;
    this.#rules = rules;
  }

  async start(connection: DoorConnection, conversationId: string): Promise<void> {
    await this.#deps.engine.conversations.setTyping(connection.actor, conversationId, true, connection.id);
    if (connection.closed) return this.#tell(connection, conversationId);
    const until = this.#until.get(connection) ?? new Map<string, number>();
    this.#until.set(connection, until.set(conversationId, this.#deps.clock.now() + this.#rules.lasts));
  }

  /** Also where a message is sent: nobody types any more what they have sent. Tells nobody where nobody typed. */
  async stop(connection: DoorConnection, conversationId: string): Promise<void> {
    const until = this.#until.get(connection);
    if (!until?.delete(conversationId)) return;
    if (until.size === 0) this.#until.delete(connection);
    await this.#tell(connection, conversationId);
  }

  /** A connection is told that somebody types. */
  shown(connection: DoorConnection, { conversationId, personId }: Typist): void {
    if (connection.closed) return;
    const shown = this.#shown.get(connection) ?? new Map();
    const until = this.#deps.clock.now() + this.#rules.lasts;
    this.#shown.set(connection, shown.set(keyOf({ conversationId, personId }), { conversationId, personId, until }));
  }

  /** Somebody does not type any more. @returns whether the connection is shown the opposite, and has to be told */
  ended(connection: DoorConnection, typist: Typist): boolean {
    const shown = this.#shown.get(connection);
    if (!shown?.delete(keyOf(typist))) return false;
    if (shown.size === 0) this.#shown.delete(connection);
    return true;
  }

  /** Who types in a conversation is none of a connection's business any more. */
  forget(connection: DoorConnection, conversationId: string): void {
    for (const typist of this.#shown.get(connection)?.values() ?? []) {
      if (typist.conversationId === conversationId) this.ended(connection, typist);
    }
  }

  /** The connection has closed. */
  left(connection: DoorConnection): void {
    this.#shown.delete(connection);
    const until = this.#until.get(connection);
    this.#until.delete(connection);
    for (const conversationId of until?.keys() ?? []) this.#tellSoon(connection, conversationId);
  }

  /** Ends what has lasted for too long. */
  tick(): void {
    const now = this.#deps.clock.now();
    for (const [connection, until] of this.#until) {
      for (const [conversationId, end] of until) {
        if (end > now) continue;
        until.delete(conversationId);
        this.#tellSoon(connection, conversationId);
      }
      if (until.size === 0) this.#until.delete(connection);
    }
    for (const [connection, shown] of this.#shown) {
      for (const typist of shown.values()) {
        if (typist.until > now || !this.ended(connection, typist)) continue;
        this.#rules.ended(connection, typist);
      }
    }
  }

  #tellSoon(connection: DoorConnection, conversationId: string): void {
    // Who is not in the conversation any more does not type there either.
    this.#tell(connection, conversationId).catch((error: unknown) => {
      this.#deps.logger.debug({ err: error }, 'typing could not be ended');
    });
  }

  #tell(connection: DoorConnection, conversationId: string): Promise<void> {
    return this.#deps.engine.conversations.setTyping(connection.actor, conversationId, false, connection.id);
  }
}
