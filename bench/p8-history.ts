import { type Benchmark, type Finding, show, table } from './harness/benchmark.ts';
import { type Contender, freshInstallation, type Storage, startParley } from './harness/contenders.ts';
import { type Distribution, distribution } from './harness/load-protocol.ts';
import { rest, signIn } from './harness/people.ts';
import { type FilledConversation, fillConversations, fillPeople, idOf, withSql } from './harness/sql.ts';

const conversationCount = 200;

/** One person with many conversations, and a server that serves them. */
interface Filled {
  readonly server: Contender;
  readonly token: string;
  readonly conversations: readonly FilledConversation[];
}

export const p8: Benchmark = {
  id: 'P8',
  title: `Reading with ${conversationCount} conversations, as the history grows`,
  async run({ quick }) {
    const reports = [await measure('postgres', quick), await measure('embedded', quick)];
    return {
      findings: reports.flatMap(({ findings }) => findings),
      details: reports.map(({ detail }) => detail),
    };
  },
};

async function measure(storage: Storage, quick: boolean): Promise<{ findings: Finding[]; detail: string }> {
  const [small, large] = [10_000, quick ? 200_000 : 1_000_000];
  // Both run at the same time and are asked in turn: what disturbs the machine disturbs both.
  const sides = [await fill(storage, large), await fill(storage, small)] as const;
  const requests: Record<string, (conversation: FilledConversation) => string> = {
    'latest page of 50': ({ id }) => `/conversations/${id}/messages?limit=50`,
    'middle page of 50': ({ id, messages }) => `/conversations/${id}/messages?around=${messages >> 1}&limit=50`,
    'chat list of 200': () => `/conversations?limit=${conversationCount}`,
    'unread total': () => '/unread',
    'search, a frequent word in one conversation': ({ id }) => `/messages/search?q=lunch&conversationId=${id}`,
    'search, an absent word in one conversation': ({ id }) => `/messages/search?q=absent&conversationId=${id}`,
    'search, a frequent word in all': () => '/messages/search?q=lunch',
    'search, an absent word in all, one request': () => '/messages/search?q=absent',
  };
  const searched: string[] = [];
  for (const [side, messages] of [
    [sides[0], large],
    [sides[1], small],
  ] as const) {
    for (const which of ['first', 'second']) {
      const { took, requests: asked } = await searchThrough(side);
      searched.push(`${which} search for an absent word through ${messages}: ${show(took)} ms in ${asked} requests`);
    }
  }
  const results: { what: string; large: Distribution; small: Distribution }[] = [];
  for (const [what, path] of Object.entries(requests)) {
    const [ofLarge, ofSmall] = await inTurn(sides, path, quick ? 300 : 1_000);
    results.push({ what, large: ofLarge, small: ofSmall });
  }
  for (const { server } of sides) await server.stop();
  const name = storage === 'postgres' ? 'PostgreSQL' : 'embedded';
  return {
    findings: results.map((result) => ({
      what: `P8 ${result.what}, ${name}, p99`,
      figure: result.large.p99,
      unit: 'ms',
      baseline: result.small.p99,
      baselineName: `${small.toLocaleString('en-US')} messages`,
      target: 1.5,
    })),
    detail: [
      searched.map((line) => `${name}, ${line}`).join('\n'),
      table(
        [`${name}, ms`, `p50 of ${large}`, `p50 of ${small}`, 'p99', 'p99', 'max', 'max'],
        results.map((result) => [
          result.what,
          ...(['p50', 'p99', 'max'] as const).flatMap((key) => [show(result.large[key]), show(result.small[key])]),
        ]),
      ),
    ].join('\n\n'),
  };
}

async function fill(storage: Storage, total: number): Promise<Filled> {
  const installation = await freshInstallation(storage);
  const started = await startParley({ storage, installation, measured: false });
  const { id } = await signIn(started, 1);
  await started.stop();

  // Sizes as of real chat lists: a few long conversations and many short ones. Unread counts do not grow with them.
  const weights = Array.from({ length: conversationCount }, (_, i) => 1 / (i + 1));
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const conversations = weights.map((share, i): FilledConversation => {
    const messages = Math.max(20, Math.round((total * share) / weight));
    return { id: idOf(2, i + 1), people: [id, idOf(1, i + 1)], messages, unread: (i * 7) % 20 };
  });
  await withSql(installation, async (run) => {
    await fillPeople(
      run,
      conversations.map(({ people }) => people[1]),
    );
    await fillConversations(run, conversations);
  });
  const server = await startParley({ storage, installation, measured: false });
  const { token } = await signIn(server, 1);
  return { server, token, conversations };
}

/** Searches all conversations to their beginning. The first time, the server makes its signatures. */
async function searchThrough({ server, token }: Filled): Promise<{ took: number; requests: number }> {
  const begin = performance.now();
  let requests = 0;
  for (let cursor: string | null = ''; cursor !== null; requests += 1) {
    const path: string = `/messages/search?q=absent${cursor && `&cursor=${cursor}`}`;
    const { status, body } = await rest(server, 'GET', path, { token });
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    cursor = body.next;
  }
  return { took: performance.now() - begin, requests };
}

/** Asks both sides the same in turn, one request at a time. */
async function inTurn(
  sides: readonly [Filled, Filled],
  path: (conversation: FilledConversation) => string,
  times: number,
): Promise<[Distribution, Distribution]> {
  const taken: [number[], number[]] = [[], []];
  const warmUp = 50;
  for (let n = -warmUp; n < times; n += 1) {
    for (const [side, { server, token, conversations }] of sides.entries()) {
      const conversation = conversations[((n + warmUp) * 37) % conversations.length] as FilledConversation;
      const begin = performance.now();
      const { status, body } = await rest(server, 'GET', path(conversation), { token });
      const took = performance.now() - begin;
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
      if (n >= 0) taken[side]?.push(took);
    }
  }
  return [distribution(taken[0]), distribution(taken[1])];
}
