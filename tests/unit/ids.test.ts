import { expect, test } from 'vitest';
import { isId, newId } from '../../src/engine/shared/ids.ts';

test('ids are all different, and follow each other in the order in which they were made, also within a millisecond', () => {
  let now = 1_800_000_000_000;
  const ids = Array.from({ length: 10_000 }, (_, i) => {
    if (i % 1_000 === 999) now += 1;
    return newId({ now: () => now });
  });
  expect(ids.every(isId)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('where two clocks differ, each gets ids of its own time', () => {
  const [early, late] = [{ now: () => 1_800_000_000_000 }, { now: () => 1_900_000_000_000 }];
  const [first, second, third] = [newId(early), newId(late), newId(early)];
  const timeOf = (id: string): string => id.slice(0, 13);
  expect(timeOf(third)).toBe(timeOf(first));
  expect(timeOf(second) > timeOf(first)).toBe(true);
});
