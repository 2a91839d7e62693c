import { expect, test } from 'vitest';
import { bystanders, expectHealthy } from '../harness/bad-input.ts';
import { startTestApp } from '../harness/start-app.ts';
import { startCampaign } from './campaign.ts';

/** `npm run fuzz` sets more; this is what fits into every run of the suite. */
const inputsEach = Number(process.env.PARLEY_FUZZ_INPUTS ?? 15);
const seed = Number(process.env.PARLEY_FUZZ_SEED ?? 20_261_121);

test(`no input makes the server fail or tell what is not the asker's (seed ${seed})`, {
  timeout: 60_000 + inputsEach * 10_000,
}, async () => {
  const app = await startTestApp();
  try {
    const [ann, bob] = await bystanders(app);
    const campaign = await startCampaign(app, seed);
    await campaign.run(inputsEach);
    campaign.close();
    expect(campaign.leaks).toEqual([]);
    await expectHealthy(app, ann, bob);
  } finally {
    await app.close();
  }
});
