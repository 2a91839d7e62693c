/** `npm run bench`: measures Parley against its goals. See README.md. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import pg from 'pg';
import { dropLeftovers, dropOwn } from '../tests/harness/database.ts';
import { postgresUrl } from '../tests/harness/service-urls.ts';
import { type Benchmark, type Finding, findingsTable } from './harness/benchmark.ts';
import { cleanUp, cleanUpOnSignals, interrupted, onEnd } from './harness/cleanup.ts';
import { loadCore, moveTo, placement } from './harness/cores.ts';
import { m1 } from './m1-uploads.ts';
import { m2 } from './m2-notifications.ts';
import { p1 } from './p1-direct-message.ts';
import { p2 } from './p2-dialects.ts';
import { p3 } from './p3-embedded.ts';
import { p4 } from './p4-group.ts';
import { p5 } from './p5-large-group.ts';
import { p6 } from './p6-latency.ts';
import { p7 } from './p7-memory.ts';
import { p8 } from './p8-history.ts';
import { p9 } from './p9-storm.ts';
import { p10 } from './p10-rest.ts';
import { p11 } from './p11-start.ts';

const benchmarks: readonly Benchmark[] = [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, m1, m2];

const usage = `Usage: npm run bench [-- [id ...] [--quick] [--profile]]

  id         ${benchmarks.map(({ id }) => id).join(', ')}; all of them if none is given
  --quick    smaller and shorter: shows that it runs, and roughly where it stands
  --profile  also a CPU profile of Parley, in P1, P2, P3, P4 and P9`;

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const ids = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = [
  ...flags.filter((flag) => flag !== '--quick' && flag !== '--profile'),
  ...ids.filter((id) => !benchmarks.some((benchmark) => benchmark.id === id.toUpperCase())),
];
if (unknown.length > 0) {
  console.error(
    unknown.some((flag) => flag === '--help' || flag === '-h') ? usage : `What is ${unknown[0]}?\n\n${usage}`,
  );
  process.exit(2);
}
const chosen = benchmarks.filter(({ id }) => ids.length === 0 || ids.some((wanted) => wanted.toUpperCase() === id));
const options = { quick: flags.includes('--quick'), profile: flags.includes('--profile') };

cleanUpOnSignals();
moveTo(loadCore, process.pid);
const findings: Finding[] = [];
let failed = false;
try {
  await dropLeftovers();
  onEnd(dropOwn);
  console.log(await machine());
  console.log(placement);
  for (const benchmark of chosen) {
    console.log(`\n## ${benchmark.id}. ${benchmark.title}${options.quick ? ' (quick)' : ''}\n`);
    const report = await benchmark.run(options);
    findings.push(...report.findings);
    for (const detail of report.details) console.log(`${detail}\n`);
    console.log(findingsTable(report.findings));
  }
  if (chosen.length > 1) console.log(`\n## All\n\n${findingsTable(findings)}`);
} catch (error) {
  failed = true;
  if (!interrupted()) console.error(error);
} finally {
  await cleanUp();
}
if (!interrupted()) process.exit(failed ? 1 : 0);

async function machine(): Promise<string> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(
    "select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
  );
  await client.end();
  const [postgres] = rows;
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${model}), load ${load} before the start.`,
    `Node ${process.versions.node}, PostgreSQL ${postgres?.version} (fsync ${postgres?.fsync}, synchronous_commit ${postgres?.commit}).`,
  ].join('\n');
}
