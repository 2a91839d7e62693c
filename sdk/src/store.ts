import { ConversationState, type Outcome, type Self } from './conversation-state.ts';
import { conversationOf, type Fact, revOf } from './facts.ts';
import type { Conversation, Message, Operations, Person } from './generated/protocol.ts';

type SyncInput = Operations['sync']['input'];
type SyncOutput = Operations['sync']['output'];

/** The most conversations that one sync can name; of more, the least active are let go. */
const maxKnown = 1_000;

/** What a step has done to the store. */
export interface Changes {
  /** Conversations that were not held before. */
  readonly started: readonly string[];
  /** Conversations whose view has changed. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Conversations of which messages were dropped. */
  readonly reset: readonly string[];
  /** Messages that came after what was held, in order within each conversation. */
  readonly messages: readonly Message[];
  /** Messages that were held and are no longer what they were. */
  readonly updated: readonly Message[];
  /** The server has to be asked for what is missing. */
  readonly incomplete: boolean;
}

/**
 * What the server has told: conversations by id. Facts may come in any order and more than once. During a sync they are
 * also kept aside and applied again to its answer, which may have been read before they happened.
 */
export class Store {
  readonly #self: Self & { blocked: ReadonlySet<string>; readonly profiles: Map<string, Person> };
  readonly #conversations = new Map<string, ConversationState>();
  #sinceSync: Fact[] | null = null;
  /** The `rev` of each conversation as the sync has told it to the server. */
  #told: ReadonlyMap<string, number> = new Map();
  /** The unread messages of the answer may be counted by whom I had blocked before. */
  #blockedSinceSync = false;
  /** What was unknown when the sync was asked for. */
  #asked: ReadonlySet<string> = new Set();
  /** Conversations that are not held and of which something was said. */
  #unknown = new Set<string>();
  /** Those that a sync did not bring, as they are outside of the window: only a message makes them interesting again. */
  readonly #outside = new Set<string>();
  /** Groups in which I am no more, with the `rev` of my going: what came before that is not news. */
  readonly #left = new Map<string, number>();

  constructor(me: string) {
    this.#self = { id: me, blocked: new Set(), profiles: new Map() };
  }

  get(conversationId: string): ConversationState | undefined {
    return this.#conversations.get(conversationId);
  }

  /** The last active first, as the server lists them. */
  list(): ConversationState[] {
    return [...this.#conversations.values()].sort(({ view: a }, { view: b }) =>
      a.lastActivityAt === b.lastActivityAt ? compare(b.id, a.id) : compare(b.lastActivityAt, a.lastActivityAt),
    );
  }

  /** Whether something is missing that a sync would bring. */
  get incomplete(): boolean {
    return this.#unknown.size > 0 || [...this.#conversations.values()].some(({ incomplete }) => incomplete);
  }

  /** People whose messages do not count as unread. */
  get blocked(): ReadonlySet<string> {
    return this.#self.blocked;
  }

  setBlocked(people: ReadonlySet<string>): Changes {
    this.#self.blocked = people;
    this.#blockedSinceSync = true;
    return this.#recount();
  }

  #recount(): Changes {
    const states = [...this.#conversations.values()];
    const changed = states.filter((state) => state.recount()).map(({ view }) => view.id);
    return { ...none, changed, incomplete: states.some(({ incomplete }) => incomplete) };
  }

  apply(fact: Fact): Changes {
    this.#sinceSync?.push(fact);
    return this.#apply(fact);
  }

  /** What to tell the server in a sync; from now on facts are kept for its answer. */
  beginSync(window: number): SyncInput {
    this.#sinceSync = [];
    this.#blockedSinceSync = false;
    this.#asked = new Set(this.#unknown);
    const all = this.list();
    for (const { view } of all.slice(maxKnown)) this.#conversations.delete(view.id);
    const known = all.slice(0, maxKnown).map((state) => state.known);
    this.#told = new Map(known.map(({ id, rev }) => [id, rev]));
    return { known, window };
  }

  /** The sync has failed; what was kept for its answer is not needed. */
  abandonSync(): void {
    this.#sinceSync = null;
  }

  applySync({ changes, removed }: SyncOutput): Changes {
    const facts = this.#sinceSync ?? [];
    this.#sinceSync = null;
    const steps: Changes[] = removed.map((id) => this.#drop(id, this.#told.get(id) ?? 0));
    for (const change of changes) {
      const { id } = change.conversation;
      const held = this.#conversations.get(id);
      const state = held ?? this.#hold(change.conversation);
      const outcome = state.applySync(change);
      steps.push({ ...stepOf(id, outcome), started: held ? [] : [id], changed: held ? [id] : [] });
    }
    for (const id of this.#asked) if (!this.#conversations.has(id)) this.#outside.add(id);
    this.#unknown = new Set();
    for (const fact of facts) steps.push(this.#apply(fact));
    if (this.#blockedSinceSync) steps.push(this.#recount());
    return merge(steps, this.incomplete);
  }

  #apply(fact: Fact): Changes {
    if (fact.type === 'person.updated') {
      const { person } = fact.data;
      if (!person.limited && (this.#self.profiles.get(person.id)?.version ?? 0) < person.version) {
        this.#self.profiles.set(person.id, person);
      }
      const changed = [...this.#conversations.values()].filter((state) => state.apply(fact).changed);
      return { ...none, changed: changed.map(({ view }) => view.id) };
    }
    const id = conversationOf(fact);
    const state = this.#conversations.get(id);
    switch (fact.type) {
      case 'conversation.closed':
        return this.#drop(id, Number.POSITIVE_INFINITY);
      case 'conversation.hidden':
        if (state && fact.data.version <= state.view.me.version) return none;
        // Something may have been said since, which shows it again.
        if (state) this.#unknown.add(id);
        return { ...this.#drop(id, 0), incomplete: state !== undefined };
      case 'member.left':
        // Told late, after I have come back, it means nothing.
        if (fact.data.personId !== this.#self.id) break;
        return state?.outlives(fact.data.rev) ? none : this.#drop(id, fact.data.rev);
      case 'conversation.joined':
        if (state || !this.#isNews(id, fact)) break;
        return this.#join(fact.data.conversation);
    }
    if (state) return stepOf(id, state.apply(fact));
    if (fact.type === 'message.created') this.#outside.delete(id);
    if (!this.#isNews(id, fact) || this.#outside.has(id)) return none;
    this.#unknown.add(id);
    return { ...none, incomplete: true };
  }

  /** Whether a fact about a conversation that is not held says that it should be. */
  #isNews(id: string, fact: Fact): boolean {
    const left = this.#left.get(id);
    if (left === undefined) return true;
    // What has no `rev` may be of before or after.
    return left < Number.POSITIVE_INFINITY && (revOf(fact) ?? Number.POSITIVE_INFINITY) > left;
  }

  #join(view: Conversation): Changes {
    const { id } = view;
    // Something was said of it before, which is not kept.
    const missed = this.#unknown.has(id) || this.#outside.has(id);
    const state = this.#hold(view);
    if (missed) state.apply({ type: 'sync.needed', data: { conversationId: id } });
    return { ...none, started: [id], incomplete: state.incomplete };
  }

  #hold(view: Conversation): ConversationState {
    const state = new ConversationState(this.#self, view);
    this.#conversations.set(view.id, state);
    this.#outside.delete(view.id);
    this.#unknown.delete(view.id);
    this.#left.delete(view.id);
    return state;
  }

  #drop(id: string, rev: number): Changes {
    if (rev > 0) this.#left.set(id, Math.max(rev, this.#left.get(id) ?? 0));
    if (rev === Number.POSITIVE_INFINITY) this.#unknown.delete(id);
    // What waits there may be of after I have come back.
    else if (this.#conversations.get(id)?.incomplete) this.#unknown.add(id);
    return this.#conversations.delete(id) ? { ...none, removed: [id] } : none;
  }
}

export const none: Changes = {
  started: [],
  changed: [],
  removed: [],
  reset: [],
  messages: [],
  updated: [],
  incomplete: false,
};

function stepOf(id: string, { added, updated, changed, dropped, incomplete }: Outcome): Changes {
  const about = (is: boolean): string[] => (is ? [id] : []);
  return { ...none, changed: about(changed), reset: about(dropped), messages: added, updated, incomplete };
}

function merge(steps: readonly Changes[], incomplete: boolean): Changes {
  const all = <Key extends keyof Changes>(key: Key) => steps.flatMap((step) => step[key] as string[]);
  const [started, changed, removed, reset] = [all('started'), all('changed'), all('removed'), all('reset')];
  return {
    started: [...new Set(started)],
    changed: [...new Set(changed)],
    removed: [...new Set(removed)],
    reset: [...new Set(reset)],
    messages: steps.flatMap((step) => step.messages),
    updated: steps.flatMap((step) => step.updated),
    incomplete: incomplete || steps.some((step) => step.incomplete),
  };
}

/** Order of code units, which for ids and times of the server is the server's order. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
