import { expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { runChaos } from './chaos.ts';

test('nothing is lost, doubled or shown wrongly while the server is killed and connections are cut', {
  timeout: 120_000,
}, async () => {
  const seed = 20_260_101;
  if (inject('storage') === 'embedded') {
    const result = await runChaos({ storage: 'embedded', template: inject('embeddedTemplate'), seed });
    expect(result).toMatchObject({ kills: 5 });
    return;
  }
  const database = await createDatabase();
  try {
    const result = await runChaos({ storage: database, seed });
    expect(result).toMatchObject({ kills: 5 });
  } finally {
    await database.drop();
  }
});
