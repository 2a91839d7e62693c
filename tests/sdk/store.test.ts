import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../sdk/src/conversation-state.ts';
import type { Conversation, Message, Operations, Person } from '../../sdk/src/index.ts';
import { Store } from '../../sdk/src/store.ts';

const person = (id: string): Person => ({ id, name: id, username: null, about: '', deleted: false, version: 1 });
const timeOf = (n: number): string => new Date(1_700_000_000_000 + n).toISOString();

/** The server's side of one conversation, by the rules of the design: small enough to be plainly right. */
class Model {
  readonly messages: Message[] = [];
  readonly marks = { me: { read: 0, delivered: 0 }, you: { read: 0, delivered: 0 } };

  send(senderId: 'me' | 'you'): Fact {
    const seq = this.messages.length + 1;
    const message: Message = {
      id: `m${seq}`,
      conversationId: 'c',
      seq,
      rev: seq + 1,
      senderId,
      clientId: `k${seq}`,
      kind: 'text',
      text: `text ${seq}`,
      createdAt: timeOf(seq),
    };
    this.messages.push(message);
    return { kind: 'message', message };
  }

  mark(personId: 'me' | 'you', read: number, delivered: number): Fact {
    const mark = this.marks[personId];
    const last = this.messages.length;
    mark.read = Math.max(mark.read, Math.min(read, last));
    mark.delivered = Math.max(mark.delivered, Math.min(Math.max(read, delivered), last));
    return { kind: 'receipt', receipt: { conversationId: 'c', personId, ...mark } };
  }

  get view(): Conversation {
    const rev = 1 + this.messages.length;
    const { me, you } = this.marks;
    return {
      id: 'c',
      kind: 'direct',
      createdAt: timeOf(0),
      lastActivityAt: timeOf(this.messages.length),
      lastSeq: this.messages.length,
      rev,
      version: rev + me.read + me.delivered + you.read + you.delivered + 2,
      members: [
        { person: person('me'), ...me },
        { person: person('you'), ...you },
      ],
      lastMessage: this.messages.at(-1) ?? null,
      unread: this.messages.filter(({ seq, senderId }) => seq > me.read && senderId !== 'me').length,
    };
  }

  sync({ known = [] }: Operations['sync']['input']): Operations['sync']['output'] {
    const { view } = this;
    const [held] = known;
    if (held?.version === view.version && held.seq === view.lastSeq) return { changes: [], removed: [], more: false };
    const lacks = view.lastSeq - (held?.seq ?? 0);
    const reset = !held || lacks < 0 || lacks > 3;
    const after = reset ? Math.max(0, view.lastSeq - 2) : held.seq;
    const change = { conversation: view, messages: this.messages.slice(after), reset };
    return { changes: [change], removed: [], more: false };
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), mine: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      mine: fc.boolean(),
      read: fc.integer({ min: 0, max: 20 }),
      delivered: fc.integer({ min: 0, max: 20 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(), twice: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
);

test.each([
  { lossy: true, title: 'whatever is late, early, doubled or lost, one sync brings the client to what the server has' },
  { lossy: false, title: 'where nothing is lost, a sync is only needed when the client says so' },
])('$title', ({ lossy }) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      const store = new Store('me');
      const announced: number[] = [];
      const note = ({ messages }: { messages: readonly Message[] }) =>
        announced.push(...messages.map(({ seq }) => seq));
      const onTheWay: Fact[] = [];
      let answer: Operations['sync']['output'] | null = null;

      const sync = (): void => {
        note(store.applySync(answer ?? model.sync(store.beginSync(200))));
        answer = null;
      };
      sync();
      for (const each of steps) {
        const who = 'mine' in each && each.mine ? 'me' : 'you';
        if (each.do === 'send') onTheWay.push(model.send(who));
        if (each.do === 'mark') onTheWay.push(model.mark(who, each.read, each.delivered));
        if (each.do === 'lose' && lossy) onTheWay.splice(each.pick % Math.max(1, onTheWay.length), 1);
        if (each.do === 'ask') answer ??= model.sync(store.beginSync(200));
        if (each.do === 'answer' && answer) sync();
        if (each.do === 'deliver') {
          const fact = onTheWay[each.pick % Math.max(1, onTheWay.length)];
          if (!fact) continue;
          note(store.apply(fact));
          if (!each.twice) onTheWay.splice(onTheWay.indexOf(fact), 1);
        }
        const state = store.get('c');
        const seqs = state?.messages.map(({ seq }) => seq) ?? [];
        expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] ?? 0) + n));
      }
      if (answer) sync();
      if (!lossy) for (const fact of onTheWay) note(store.apply(fact));
      if (lossy || store.get('c')?.incomplete) sync();
      const state = store.get('c');
      expect({ ...state?.view, version: 0 }).toEqual({ ...model.view, version: 0 });
      expect(state?.known).toEqual({ id: 'c', seq: model.view.lastSeq, version: model.view.version });
      expect(state?.messages).toEqual(model.messages.slice((state?.messages[0]?.seq ?? 1) - 1));
      expect(state?.incomplete).toBe(false);
      // Each message is news once, and in order.
      expect(announced).toEqual([...new Set(announced)].sort((a, b) => a - b));
    }),
    { numRuns: 3_000 },
  );
});

test('what only later servers count does not keep the client asking', () => {
  const model = new Model();
  const store = new Store('me');
  const view = { ...model.view, version: model.view.version + 1_000 };
  store.beginSync(200);
  store.applySync({ changes: [{ conversation: view, messages: [], reset: true }], removed: [], more: false });
  expect(store.beginSync(200).known).toEqual([{ id: 'c', seq: 0, version: view.version }]);
});

test('a server that was set back to an older backup is believed', () => {
  const model = new Model();
  const store = new Store('me');
  for (let n = 0; n < 5; n += 1) model.send('you');
  store.applySync(model.sync(store.beginSync(200)));
  const older = new Model();
  older.send('you');
  store.applySync(older.sync(store.beginSync(200)));
  expect(store.get('c')?.messages).toEqual(older.messages);
  expect(store.get('c')?.view.lastSeq).toBe(1);
});
