import { expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { runChaos } from './chaos.ts';

test('nothing is lost, doubled or shown wrongly while the server is killed and connections are cut', {
  timeout: 120_000,
}, async () => {
  const seed = 20_260_101;
  // Enough to have much under way at each kill; `npm run chaos` goes on for as long as one likes.
  const acksPerKill = 120;
  if (inject('storage') === 'embedded') {
    const result = await runChaos({ storage: 'embedded', template: inject('embeddedTemplate'), seed, acksPerKill });
    expect(result).toMatchObject({ kills: 5 });
    return;
  }
  const database = await createDatabase();
  try {
    const result = await runChaos({ storage: database, seed, acksPerKill });
    expect(result).toMatchObject({ kills: 5 });
  } finally {
    await database.drop();
  }
});
