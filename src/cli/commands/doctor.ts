import type { Finding } from '../../app/finding.ts';
import { environment } from '../../config/index.ts';
import type { Command } from '../command.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check the deployment and say what to fix',
  usage: [
    '',
    'Changes nothing, and works while the server runs. Run it as the user, and with the settings, of the server.',
    'Exit code 1 where there is a problem; warnings are for you to judge.',
  ],
  options: {},
  async run({ print, signal }) {
    const [machine, services, { checkSettings, readSettings }] = await Promise.all([
      import('../doctor/check-machine.ts'),
      import('../doctor/check-services.ts'),
      import('../doctor/check-settings.ts'),
    ]);
    const { config, findings: settings, wrong } = readSettings(environment);
    let problems = 0;
    let warnings = 0;
    const show = ({ level, subject, text, remedy }: Finding): void => {
      if (level === 'problem') problems += 1;
      if (level === 'warning') warnings += 1;
      print(`${level.padEnd(7)}  ${subject}: ${text}${remedy === null ? '' : `. ${remedy}`}`);
    };
    for (const finding of [
      machine.checkNode(process.versions.node),
      ...settings,
      ...checkSettings(config, wrong),
      ...machine.checkDataDirectory(config),
      machine.checkOpenFiles(),
    ]) {
      show(finding);
    }
    if (!wrong.has('DATABASE_URL')) for (const finding of await services.checkDatabase(config, signal)) show(finding);
    if (!wrong.has('REDIS_URL')) show(await services.checkRedis(config));
    if (!wrong.has('PARLEY_BLOBS')) show(await services.checkBlobs(config));
    if (!wrong.has('PARLEY_CLAMD')) show(await services.checkScanner(config));
    show(await services.checkFfmpeg(config));
    if (config.port !== 0) show(await services.checkServer(config));
    const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
    print(`${count(problems, 'problem')}, ${count(warnings, 'warning')}.`);
    return problems > 0 ? 1 : 0;
  },
};
