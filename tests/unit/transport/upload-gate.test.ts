import { expect, test } from 'vitest';
import { UploadGate } from '../../../src/transport/upload-gate.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([false, true])('uploads take turns, one piece at a time (others are there: %s)', async (others) => {
  const gate = new UploadGate();
  if (others) gate.giveWay();
  const order: string[] = [];
  let inside = 0;
  const upload = async (name: string): Promise<void> => {
    for (let piece = 0; piece < 3; piece += 1) {
      await gate.pass(async () => {
        inside += 1;
        await turn();
        expect(inside).toBe(1);
        order.push(name);
        inside -= 1;
      });
    }
  };
  await Promise.all(['a', 'b', 'c'].map(upload));
  expect(order.join('')).toBe('abcabcabc');
});

test('others have turns of the event loop between two pieces', async () => {
  const gate = new UploadGate();
  let turns = 0;
  let counting = true;
  const count = (): void => {
    turns += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  for (let piece = 1; piece <= 5; piece += 1)
    await gate.pass(async () => expect(turns).toBeGreaterThanOrEqual(piece - 1));
  counting = false;
});

test('a piece that fails leaves the gate, and its upload hears of it', async () => {
  const gate = new UploadGate();
  const failed = gate.pass(() => Promise.reject(new Error('The disk is gone.')));
  const next = gate.pass(async () => 'next');
  await expect(failed).rejects.toThrow('The disk is gone.');
  expect(await next).toBe('next');
});
