import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../harness/random.ts';
import { Lab, type Recording } from './lab.ts';
import { renames } from './plan.ts';

// One server's life, from an empty directory to load, is written down once; each test cuts its power somewhere else.
// The long form is `npm run power-cut`.
describe('power cuts', () => {
  let lab: Lab;
  let recording: Recording;
  beforeAll(async () => {
    lab = new Lab();
    recording = await lab.record({ name: 'load', messages: 400, length: 1_000 });
  }, 120_000);
  afterAll(() => lab.close());

  const cutAndCheck = async (at: number, loss: Parameters<Lab['cut']>[2], options?: Parameters<Lab['cut']>[3]) =>
    lab.check(lab.cut(recording, at, loss, options), lab.notes(recording, at));
  const underLoad = (part: number): number =>
    recording.listening + Math.floor((recording.entries.length - recording.listening) * part);

  test('the recording is complete: played back, it gives the files of the server', () => {
    expect(recording.differences).toEqual([]);
  });

  test('nothing acked is lost where only synced writes survive', async () => {
    const { acked, wrong } = await cutAndCheck(underLoad(0.9), { model: 'strict' });
    expect(wrong).toEqual([]);
    expect(acked).toBeGreaterThan(200);
  }, 60_000);

  test('nothing acked is lost where any part of the other writes survives too, and the power fails again', async () => {
    const random = new Random(7);
    const at = underLoad(0.6);
    const root = lab.cut(recording, at, { model: 'torn', random });
    const again = await lab.record({ name: 'again', messages: 40, length: 400 }, root, lab.notes(recording, at));
    expect(again.differences).toEqual([]);
    const during = Math.floor(again.listening / 2);
    const { wrong } = await lab.check(lab.cut(again, during, { model: 'torn', random }), lab.notes(again, during));
    expect(wrong).toEqual([]);
  }, 90_000);

  test('a first start that is cut off where the new database gets its name is started again', async () => {
    const named = renames(recording).find((index) => {
      const { operation } = recording.entries[index] as Recording['entries'][number];
      return operation.kind === 'rename' && operation.to === 'data/database';
    }) as number;
    expect(named).toBeGreaterThan(0);
    const { wrong } = await cutAndCheck(named + 1, { model: 'strict' });
    expect(wrong).toEqual([]);
  }, 60_000);

  test('the simulation can fail: with an fsync that does nothing, acked messages are lost', async () => {
    const broken = underLoad(0.5);
    const { wrong } = await cutAndCheck(
      recording.entries.length,
      { model: 'strict' },
      { ignoresSync: (index) => index >= broken },
    );
    expect(wrong.filter((line) => line.includes('is lost')).length).toBeGreaterThan(50);
  }, 60_000);

  test('the simulation can fail: with directories that are not synced, even the database is gone', () => {
    const options = { ignoresSync: (_: number, __: string, node: string) => node === 'directory' };
    const root = lab.cut(recording, recording.entries.length, { model: 'strict' }, options);
    expect(existsSync(join(root, 'data', 'database'))).toBe(false);
  });
});
