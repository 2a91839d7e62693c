import { ConversationState, type Fact } from './conversation-state.ts';
import type { Conversation, Message, Operations } from './generated/protocol.ts';

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
  /** Conversations whose messages were dropped and begun anew. */
  readonly reset: readonly string[];
  /** Messages that came after what was held, in order within each conversation. */
  readonly messages: readonly Message[];
  /** The server has to be asked for what is missing. */
  readonly incomplete: boolean;
}

/**
 * What the server has told: conversations by id. Facts may come in any order and more than once. During a sync they are
 * also kept aside and applied again to its answer, which may have been read before they happened.
 */
export class Store {
  readonly #me: string;
  readonly #conversations = new Map<string, ConversationState>();
  #sinceSync: Fact[] | null = null;
  /** Conversations outside of the window that a sync did not bring: only a message makes them interesting again. */
  readonly #outside = new Set<string>();

  constructor(me: string) {
    this.#me = me;
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

  apply(fact: Fact): Changes {
    this.#sinceSync?.push(fact);
    return this.#apply(fact);
  }

  /** What to tell the server in a sync; from now on facts are kept for its answer. */
  beginSync(window: number): SyncInput {
    this.#sinceSync = [];
    const all = this.list();
    for (const { view } of all.slice(maxKnown)) this.#conversations.delete(view.id);
    return { known: all.slice(0, maxKnown).map(({ known }) => known), window };
  }

  /** The sync has failed; what was kept for its answer is not needed. */
  abandonSync(): void {
    this.#sinceSync = null;
  }

  applySync({ changes, removed }: SyncOutput): Changes {
    const facts = this.#sinceSync ?? [];
    this.#sinceSync = null;
    const steps: Changes[] = [];
    for (const id of removed) {
      if (this.#conversations.delete(id)) steps.push({ ...none, removed: [id] });
    }
    for (const change of changes) {
      const { id } = change.conversation;
      const held = this.#conversations.get(id);
      const state = held ?? new ConversationState(this.#me, change.conversation);
      this.#conversations.set(id, state);
      this.#outside.delete(id);
      const { added } = state.applySync(change);
      steps.push({
        ...none,
        started: held ? [] : [id],
        changed: held ? [id] : [],
        reset: change.reset ? [id] : [],
        messages: added,
      });
    }
    for (const fact of facts) {
      const step = this.#apply(fact);
      steps.push(step);
      // Named by an event, and still not among what the server brings.
      if (step.incomplete && fact.kind === 'receipt' && !this.#conversations.has(fact.receipt.conversationId)) {
        this.#outside.add(fact.receipt.conversationId);
      }
    }
    return merge(
      steps,
      [...this.#conversations.values()].some(({ incomplete }) => incomplete),
    );
  }

  #apply(fact: Fact): Changes {
    if (fact.kind === 'person') {
      const changed = [...this.#conversations.values()].filter((state) => state.apply(fact).changed);
      return { ...none, changed: changed.map(({ view }) => view.id) };
    }
    const id = conversationOf(fact);
    const state = this.#conversations.get(id);
    if (state) {
      const { added, changed, incomplete } = state.apply(fact);
      return { ...none, changed: changed ? [id] : [], messages: added, incomplete };
    }
    if (fact.kind !== 'conversation') {
      if (fact.kind === 'message') this.#outside.delete(id);
      return { ...none, incomplete: !this.#outside.has(id) };
    }
    const started = new ConversationState(this.#me, fact.conversation);
    this.#conversations.set(id, started);
    return { ...none, started: [id], incomplete: started.incomplete };
  }
}

export const none: Changes = { started: [], changed: [], removed: [], reset: [], messages: [], incomplete: false };

function merge(steps: readonly Changes[], incomplete: boolean): Changes {
  const union = (key: 'started' | 'changed' | 'removed' | 'reset') => [...new Set(steps.flatMap((step) => step[key]))];
  return {
    started: union('started'),
    changed: union('changed'),
    removed: union('removed'),
    reset: union('reset'),
    messages: steps.flatMap((step) => step.messages),
    incomplete: incomplete || steps.some((step) => step.incomplete),
  };
}

function conversationOf(fact: Exclude<Fact, { kind: 'person' }>): string {
  if (fact.kind === 'message') return fact.message.conversationId;
  return fact.kind === 'receipt' ? fact.receipt.conversationId : (fact.conversation as Conversation).id;
}

/** Order of code units, which for ids and times of the server is the server's order. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
