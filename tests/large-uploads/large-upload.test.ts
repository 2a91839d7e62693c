import { expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { runLargeUpload } from './large-upload.ts';

const mebibyte = 1024 * 1024;

test('an upload that is cut, and whose server is killed, arrives whole, and no half of it is ever served', {
  timeout: 120_000,
}, async () => {
  const directory = temporaryDirectory();
  const database = inject('storage') === 'postgres' ? await createDatabase(inject('postgresTemplate')) : null;
  if (!database) copyTemplate(inject('embeddedTemplate'), directory.path);
  try {
    const { memory } = await runLargeUpload({
      environment: { PARLEY_DATA_DIR: directory.path, ...(database && { DATABASE_URL: database.url }) },
      megabytes: 64,
      cuts: 4,
      kills: 2,
      seed: 20_261_121,
    });
    // `npm run large-upload` does it with 2 GB.
    if (process.platform === 'linux') expect(memory).toBeLessThan(200 * mebibyte);
  } finally {
    await database?.drop();
    directory.remove();
  }
});
