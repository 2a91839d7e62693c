import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, ok, problem, warning } from '../../app/finding.ts';
import type { Config } from '../../config/index.ts';

const oldestNode = 24;

export function checkNode(version: string): Finding {
  return Number(version.split('.')[0]) >= oldestNode
    ? ok('Node.js', version)
    : problem('Node.js', version, 'Start Parley by its npm scripts: they bring Node.js 24.');
}

/** Connections, and files besides, for which most machines have room and a chat server may need more. */
const wantedFiles = 10_240;

export function checkOpenFiles(): Finding {
  // The report would look up the names of all addresses. Known to Node and not to its types.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const limit = userLimits?.open_files?.soft;
  if (limit === undefined) return ok('open files', 'not limited');
  if (limit === 'unlimited' || Number(limit) >= wantedFiles) return ok('open files', `up to ${limit}`);
  const remedy = `Raise it (ulimit -n, LimitNOFILE of systemd) to ${wantedFiles} or more. Each connection takes one.`;
  return warning('open files', `up to ${limit}`, remedy);
}

/** Numbers of file systems, from Linux's statfs(2). */
const networkFileSystems: Readonly<Record<number, string>> = {
  26985: 'NFS',
  4283649346: 'CIFS',
  4266872130: 'SMB',
};
const tmpfs = 16914836;
const overlay = 2035054128;

const mib = 1024 * 1024;

export function checkDataDirectory({ dataDirectory, databaseUrl }: Config): Finding[] {
  const subject = 'data folder';
  const needed = databaseUrl === null;
  if (!existsSync(dataDirectory)) {
    return [ok(subject, needed ? `${dataDirectory} will be made by the first start` : 'not needed')];
  }
  try {
    accessSync(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [problem(subject, `${dataDirectory} is not writable for this user`, `Run as its owner, or chown it.`)];
  }
  const findings: Finding[] = [];
  const mode = statSync(dataDirectory).mode & 0o777;
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
  findings.push(
    open
      ? warning(subject, `${dataDirectory} is open to others, mode ${mode.toString(8)}`, `chmod 700 ${dataDirectory}`)
      : ok(subject, dataDirectory),
  );
  const secret = join(dataDirectory, 'secret');
  if (process.platform !== 'win32' && existsSync(secret) && (statSync(secret).mode & 0o077) !== 0) {
    findings.push(problem(subject, `${secret} is readable for others`, `chmod 600 ${secret}`));
  }
  return [...findings, ...checkFileSystem(dataDirectory, needed)];
}

function checkFileSystem(directory: string, needed: boolean): Finding[] {
  const { bavail, bsize, type } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / mib);
  const shown = `${free} MiB free`;
  const findings = [
    free < 100
      ? problem('disk', shown, 'Make room: without it nothing can be stored.')
      : free < 1_024
        ? warning('disk', shown, 'Make room soon.')
        : ok('disk', shown),
  ];
  if (!needed || process.platform !== 'linux') return findings;
  const network = networkFileSystems[type];
  if (network !== undefined) {
    const remedy = 'Set PARLEY_DATA_DIR to a local disk, or DATABASE_URL to a PostgreSQL server.';
    findings.push(problem('disk', `${network}: locks and syncs over the network cannot be relied on`, remedy));
  } else if (type === tmpfs) {
    findings.push(warning('disk', 'in memory: gone at the next boot', 'Set PARLEY_DATA_DIR to a disk.'));
  } else if (type === overlay) {
    findings.push(warning('disk', "the container's own layer: gone with the container", 'Mount a volume there.'));
  }
  return findings;
}
