/** How often typing is said again. */
const every = 3_000;
/** How long after the last key the person no longer types. */
const idle = 4_000;
/** How long others' typing is believed. */
const believed = 6_000;

/** What I say of my own typing: at most every three seconds, and its end by itself. */
export class OwnTyping {
  readonly #say: (conversationId: string, typing: boolean) => void;
  readonly #active = new Map<string, { saidAt: number; stop: ReturnType<typeof setTimeout> }>();

  /** @param say sends it, if that is possible now */
  constructor(say: (conversationId: string, typing: boolean) => void) {
    this.#say = say;
  }

  set(conversationId: string, typing: boolean): void {
    const active = this.#active.get(conversationId);
    clearTimeout(active?.stop);
    if (!typing) {
      if (active && this.#active.delete(conversationId)) this.#say(conversationId, false);
      return;
    }
    const due = !active || performance.now() - active.saidAt >= every;
    this.#active.set(conversationId, {
      saidAt: due ? performance.now() : active.saidAt,
      stop: setTimeout(() => this.set(conversationId, false), idle),
    });
    if (due) this.#say(conversationId, true);
  }

  close(): void {
    for (const { stop } of this.#active.values()) clearTimeout(stop);
    this.#active.clear();
  }
}

/** Who types where, forgotten six seconds after it was last heard. */
export class OthersTyping {
  readonly #changed: (conversationId: string, personId: string, typing: boolean) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(changed: (conversationId: string, personId: string, typing: boolean) => void) {
    this.#changed = changed;
  }

  in(conversationId: string): string[] {
    const prefix = `${conversationId} `;
    return [...this.#timers.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  set(conversationId: string, personId: string, typing: boolean): void {
    const key = `${conversationId} ${personId}`;
    const timer = this.#timers.get(key);
    clearTimeout(timer);
    if (typing)
      this.#timers.set(
        key,
        setTimeout(() => this.set(conversationId, personId, false), believed),
      );
    else this.#timers.delete(key);
    if (typing !== (timer !== undefined)) this.#changed(conversationId, personId, typing);
  }

  /** Nobody is heard any more. */
  clear(): void {
    for (const key of [...this.#timers.keys()]) {
      const [conversationId = '', personId = ''] = key.split(' ');
      this.set(conversationId, personId, false);
    }
  }
}
