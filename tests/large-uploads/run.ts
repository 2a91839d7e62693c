import { parseArgs } from 'node:util';
import { copyTemplate, createEmbeddedTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { runLargeUpload } from './large-upload.ts';

const usage = 'npm run large-upload -- [--megabytes 2048] [--cuts 10] [--kills 2] [--seed N]';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2048' },
    cuts: { type: 'string', default: '10' },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}

const template = await createEmbeddedTemplate();
const directory = temporaryDirectory();
copyTemplate(template.path, directory.path);
try {
  const { memory, milliseconds, ...rest } = await runLargeUpload({
    environment: { PARLEY_DATA_DIR: directory.path },
    megabytes: Number(values.megabytes),
    cuts: Number(values.cuts),
    kills: Number(values.kills),
    seed: Number(values.seed),
  });
  console.log(
    `${values.megabytes} MiB with ${rest.cuts} cuts and ${rest.kills} kills in ${(milliseconds / 1_000).toFixed(1)} s: ` +
      `whole. The server took up to ${(memory / 1_048_576).toFixed(0)} MiB more than idle.`,
  );
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  directory.remove();
  template.remove();
}
process.exit();
