import { median, show, sleep, table } from './benchmark.ts';
import type { Contender } from './contenders.ts';
import { type LoadGenerator, startLoad } from './load.ts';
import type { LoadClient, SaturateRequest, Wire } from './load-protocol.ts';
import { pairs } from './people.ts';
import { profileText, samplingInterval, saveProfile } from './profile.ts';

/** A contender with its load generator and its connections, ready to be driven. */
export interface Driven {
  readonly contender: Contender;
  readonly load: LoadGenerator;
  readonly request: SaturateRequest;
  /** What the tables call it, where one contender is driven in several ways. */
  readonly name: string;
}

/** What one stretch of load has cost. */
interface Stretch {
  readonly perSecond: number;
  /** CPU microseconds for each delivered message. */
  readonly server: number;
  readonly database: number;
  readonly marks: number;
  /** Share of one core. */
  readonly serverBusy: number;
  readonly loadBusy: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly failed: number;
}

export interface Saturated extends Stretch {
  readonly name: string;
  readonly total: number;
  readonly totals: readonly number[];
}

/** How long a recipient waits between two delivered marks at least, in ms. At saturation one answers for many messages. */
export const markEvery = 250;
export const bothWays: SaturateRequest = { inFlight: 4, markEvery, via: 'socket' };

/** Connects pairs of people to a contender. */
export async function driven(
  contender: Contender,
  people: number,
  request: SaturateRequest = bothWays,
  name = contender.name,
): Promise<Driven> {
  const load = startLoad();
  return connected(contender, load, await pairs(contender, people), request, name);
}

/** Connects clients to a contender. */
export async function connected(
  contender: Contender,
  load: LoadGenerator,
  clients: readonly LoadClient[],
  request: SaturateRequest,
  name = contender.name,
  wire: Wire = contender.wire,
): Promise<Driven> {
  await load.connect({ url: contender.url, wire, clients, concurrency: 20 });
  return { contender, load, request, name };
}

/**
 * Drives contenders in turn, several rounds, while the others are idle: what disturbs the machine disturbs all alike.
 * The figures of a contender are the medians over its rounds.
 */
export async function saturate(
  all: readonly Driven[],
  options: { rounds: number; seconds: number; warmUpSeconds: number },
): Promise<Saturated[]> {
  const stretches = new Map<Driven, Stretch[]>(all.map((one) => [one, []]));
  for (const one of all) await stretch(one, options.warmUpSeconds);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const one of all) stretches.get(one)?.push(await stretch(one, options.seconds));
  }
  const results: Saturated[] = [];
  for (const [one, rounds] of stretches) {
    const of = (key: keyof Stretch): number => median(rounds.map((round) => round[key]));
    const sum = (key: keyof Stretch): number => rounds.reduce((all, round) => all + round[key], 0);
    const totals = rounds.map((round) => round.server + round.database);
    results.push({
      name: one.name,
      perSecond: of('perSecond'),
      server: of('server'),
      database: of('database'),
      marks: of('marks'),
      serverBusy: of('serverBusy'),
      loadBusy: of('loadBusy'),
      total: median(totals),
      totals,
      lost: sum('lost'),
      outOfOrder: sum('outOfOrder'),
      failed: sum('failed'),
    });
  }
  return results;
}

async function stretch({ contender, load, request }: Driven, seconds: number): Promise<Stretch> {
  const begun = await load.counts();
  await load.saturate(request);
  await sleep(300);
  const [before, cpuBefore, loadBefore] = [await load.counts(), await contender.cpu(), load.cpu()];
  await sleep(seconds * 1_000);
  const [after, cpuAfter, loadAfter] = [await load.counts(), await contender.cpu(), load.cpu()];
  const ended = await load.stop();
  const messages = after.delivered - before.delivered;
  const elapsed = after.at - before.at;
  const [server, database] = [cpuAfter.server - cpuBefore.server, cpuAfter.database - cpuBefore.database];
  return {
    perSecond: (messages * 1_000) / elapsed,
    server: (server * 1_000) / messages,
    database: (database * 1_000) / messages,
    marks: (after.marked - before.marked) / messages,
    serverBusy: (server + database) / elapsed,
    loadBusy: (loadAfter - loadBefore) / elapsed,
    lost:
      (ended.sent - begun.sent - (ended.failed - begun.failed)) * (request.recipients ?? 1) -
      (ended.delivered - begun.delivered),
    outOfOrder: ended.outOfOrder - begun.outOfOrder,
    failed: ended.failed - begun.failed,
  };
}

export function saturationTable(results: readonly Saturated[]): string {
  return table(
    [
      '',
      'CPU us/msg',
      '(server',
      'database)',
      'lowest-highest',
      'msg/s',
      'marks/msg',
      'core busy',
      'load busy',
      'lost',
      'disorder',
    ],
    results.map((result) => [
      result.name,
      show(result.total),
      show(result.server),
      show(result.database),
      `${show(Math.min(...result.totals))}-${show(Math.max(...result.totals))}`,
      show(result.perSecond),
      show(result.marks),
      `${Math.round(result.serverBusy * 100)}%`,
      `${Math.round(result.loadBusy * 100)}%`,
      String(result.lost),
      String(result.outOfOrder),
    ]),
  );
}

/** Remarks without which the figures would mislead. */
export function saturationRemarks(all: readonly Driven[], results: readonly Saturated[]): string[] {
  const problems = [...new Set(all.map(({ contender }) => contender.problem).filter((text) => text !== null))];
  const slowLoad = results
    .filter(({ loadBusy, serverBusy }) => loadBusy > 0.9 && serverBusy < 0.9)
    .map(({ name }) => `${name}: the load generator was the limit, so msg/s is a lower bound.`);
  const failed = results
    .filter((result) => result.failed > 0)
    .map(({ name, failed: n }) => `${name}: ${n} sends failed.`);
  return [...problems, ...slowLoad, ...failed];
}

/** Drives one contender for a while under the profiler and says where its main thread spent the time. */
export async function profiled(one: Driven, seconds: number): Promise<string> {
  const inspector = await one.contender.inspector();
  await one.load.saturate(one.request);
  await sleep(1_000);
  await inspector.startProfile(samplingInterval);
  const [before, cpuBefore] = [await one.load.counts(), await one.contender.cpu()];
  await sleep(seconds * 1_000);
  const [after, cpuAfter] = [await one.load.counts(), await one.contender.cpu()];
  const profile = await inspector.stopProfile();
  await one.load.stop();
  inspector.close();
  const perMessage = ((cpuAfter.server - cpuBefore.server) * 1_000) / (after.delivered - before.delivered);
  return `${profileText(profile, perMessage)}\nFor Chrome's developer tools: ${saveProfile(profile)}`;
}
