import { expect, inject, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { runChaos } from './chaos.ts';

test('nothing is lost, doubled or shown wrongly while the server is killed and connections are cut', {
  timeout: 120_000,
}, async () => {
  const seed = 20_260_101;
  // Enough to have much under way at each kill; `npm run chaos` goes on for as long as one likes.
  const acksPerKill = 120;
  const kills = 3;
  if (inject('storage') === 'embedded') {
    const result = await runChaos({
      storage: 'embedded',
      template: inject('embeddedTemplate'),
      seed,
      kills,
      acksPerKill,
    });
    expect(result).toMatchObject({ kills });
    expect(result.cuts).toBeGreaterThan(0);
    return;
  }
  const database = await createDatabase();
  try {
    const result = await runChaos({ storage: database, seed, kills, acksPerKill });
    expect(result).toMatchObject({ kills });
    expect(result.cuts).toBeGreaterThan(0);
  } finally {
    await database.drop();
  }
});
