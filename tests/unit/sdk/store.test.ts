import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../../sdk/src/facts.ts';
import type { Message, Operations } from '../../../sdk/src/index.ts';
import { Store } from '../../../sdk/src/store.ts';
import { ConversationModel } from './conversation-model.ts';

type Sync = Operations['sync']['output'];

const crowd = Array.from({ length: 98 }, (_, n) => `crowd${n}`);

/** Everything that can happen to a group, with how often. */
const happenings: [weight: number, (model: ConversationModel, n: number, who: string) => Fact[]][] = [
  [14, (model, _, who) => model.send(who)],
  [1, (model, _, who) => model.send(who, 'system')],
  [3, (model, n) => model.edit(n)],
  [2, (model, n) => model.delete(n)],
  [1, (model, n) => model.pin(n)],
  [3, (model, n, who) => model.react(n, who, n % 3 === 0 ? null : (['👍', '🎉'][n % 2] ?? null))],
  [4, (model, n, who) => model.mark(who, n % 24, (n * 7) % 24)],
  [3, (model, n) => model.mark('me', n % 24, (n * 7) % 24)],
  [1, (model) => model.retitle()],
  [1, (model, n) => model.retain(n % 6)],
  [2, (model, n) => model.join([`p${n % 4}`, `p${n % 3}`])],
  [2, (model, _, who) => model.leave(who)],
  [1, (model) => model.join(crowd)],
  [1, (model, n, who) => model.setRole(who, n % 2 ? 'admin' : 'member')],
  [1, (model) => model.removeMe()],
  [2, (model, n) => model.returnMe(n % 2 === 0)],
  [2, (model, _, who) => model.changeProfile(who)],
  [2, (model, n) => model.star(n)],
  [2, (model, n) => model.hide(n)],
  [1, (model) => model.unhide()],
  [1, (model) => model.clear()],
  [1, (model) => model.mute()],
  [2, (model) => model.archive()],
  [1, (model, n) => model.set({ customName: `name ${n}`, markedUnread: n % 2 === 0, pinnedAt: null })],
  [1, (model) => model.hideConversation()],
  [1, (model) => model.needSync()],
];

const step = fc.oneof(
  ...happenings.map(([weight, happen]) => ({
    weight,
    arbitrary: fc.record({
      do: fc.constant('happen' as const),
      happen: fc.constant(happen),
      n: fc.nat({ max: 1_000 }),
      mine: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    }),
  })),
  { weight: 30, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(), twice: fc.boolean() }) },
  {
    weight: 30,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.constant(0), twice: fc.constant(false) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('lose' as const), pick: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('block' as const), n: fc.nat({ max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('page' as const), read: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
);

/** A store between the server's side and what is on its way to it. */
class Harness {
  readonly model = new ConversationModel();
  readonly store = new Store('me');
  readonly announced: Message[] = [];
  readonly onTheWay: Fact[] = [];
  #answer: Sync | null = null;
  #page: readonly Message[] | null = null;

  ask(): void {
    this.#answer ??= this.model.sync(this.store.beginSync(200));
  }

  answer(): void {
    if (!this.#answer) return;
    this.#note(this.store.applySync(this.#answer));
    this.#answer = null;
  }

  sync(): void {
    this.answer();
    this.ask();
    this.answer();
  }

  deliver(pick: number, twice: boolean): void {
    const fact = this.onTheWay[pick % Math.max(1, this.onTheWay.length)];
    if (!fact) return;
    this.#note(this.store.apply(fact));
    if (!twice) this.onTheWay.splice(this.onTheWay.indexOf(fact), 1);
  }

  lose(pick: number): void {
    this.onTheWay.splice(pick % Math.max(1, this.onTheWay.length), 1);
  }

  block(n: number): void {
    const person = ['you', 'p1', 'p2', 'p3'][n] as string;
    const { blocked } = this.model;
    this.model.blocked = new Set(
      blocked.has(person) ? [...blocked].filter((id) => id !== person) : [...blocked, person],
    );
    this.store.setBlocked(this.model.blocked);
  }

  /** An older page is asked for and read, or comes in. */
  page(read: boolean): void {
    const state = this.store.get('c');
    const before = state?.messages[0]?.seq;
    if (read && state?.hasOlder && before !== undefined) {
      state.beginPage();
      this.#page = this.model.history.filter(({ seq }) => seq < before).slice(-2);
    } else if (!read && this.#page && this.#page.length > 0) {
      state?.prepend(this.#page);
      this.#page = null;
    }
  }

  /** What holds at any time. */
  check(): void {
    const seqs = this.store.get('c')?.messages.map(({ seq }) => seq) ?? [];
    expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] ?? 0) + n));
  }

  /** What holds when everything has come. */
  checkSame(): void {
    const { model, store } = this;
    const state = store.get('c');
    expect(state !== undefined).toBe(model.shown);
    expect(store.incomplete).toBe(false);
    if (!state) return;
    const { view } = model;
    expect({ ...state.view, version: 0 }).toEqual({ ...view, version: 0 });
    expect(state.known).toEqual({
      id: 'c',
      seq: view.lastSeq,
      rev: view.rev,
      mine: view.me.version,
      version: view.version,
    });
    const first = state.messages[0]?.seq ?? view.lastSeq + 1;
    expect(state.messages).toEqual(model.history.filter(({ seq }) => seq >= first));
    expect(state.hasOlder).toBe(first > view.me.historyFrom + 1);
    expect(model.sync({ known: [state.known] })).toEqual({ changes: [], removed: [], more: false });
  }

  #note({ messages }: { messages: readonly Message[] }): void {
    this.announced.push(...messages);
  }
}

test.each([
  { lossy: true, title: 'whatever is late, early, doubled or lost, one sync brings the client to what the server has' },
  { lossy: false, title: 'where nothing is lost, a sync is only needed when the client says so' },
])('$title', { timeout: 120_000 }, ({ lossy }) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const harness = new Harness();
      const { model, store, onTheWay } = harness;
      harness.sync();
      for (const each of steps) {
        if (each.do === 'happen') {
          const { people } = model;
          const who = each.mine ? 'me' : (people[each.n % people.length] ?? 'you');
          onTheWay.push(...each.happen(model, each.n, who === 'me' && !model.inGroup ? 'you' : who));
        }
        if (each.do === 'lose' && lossy) harness.lose(each.pick);
        if (each.do === 'block') harness.block(each.n);
        if (each.do === 'page') harness.page(each.read);
        if (each.do === 'ask') harness.ask();
        if (each.do === 'answer') harness.answer();
        if (each.do === 'deliver') harness.deliver(each.pick, each.twice);
        harness.check();
      }
      harness.answer();
      if (lossy) harness.sync();
      while (!lossy && onTheWay.length > 0) harness.deliver(0, false);
      // What a sync has left open, the next one brings.
      for (let tries = 0; store.incomplete && tries < 2; tries += 1) harness.sync();
      harness.checkSame();
      // Each message is news once, and in order.
      const seqs = harness.announced.map(({ seq }) => seq);
      if (!steps.some((each) => each.do === 'happen' && /hideConversation|removeMe/.test(String(each.happen)))) {
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 3_000) },
  );
});

test('what only later servers count does not keep the client asking', () => {
  const model = new ConversationModel();
  const store = new Store('me');
  const { view } = model;
  const version = view.version + 1_000;
  store.beginSync(200);
  store.applySync({
    changes: [{ conversation: { ...view, version }, messages: [], changed: [], reset: true }],
    removed: [],
    more: false,
  });
  expect(store.beginSync(200).known).toEqual([{ id: 'c', seq: 0, rev: 1, mine: 0, version }]);
});

test('a server that was set back to an older backup is believed', () => {
  const model = new ConversationModel();
  const store = new Store('me');
  for (let n = 0; n < 5; n += 1) model.send('you');
  store.applySync(model.sync(store.beginSync(200)));
  const older = new ConversationModel();
  older.send('you');
  store.applySync(older.sync(store.beginSync(200)));
  expect(store.get('c')?.messages).toEqual(older.messages);
  expect(store.get('c')?.view.lastSeq).toBe(1);
});
