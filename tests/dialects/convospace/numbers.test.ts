import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Numbers } from '../../../src/dialects/convospace/numbers/index.ts';
import type { Database } from '../../../src/engine/ports/database.ts';
import { createPlace, type Place } from '../../storage/open.ts';

const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

let place: Place;
let database: Database;
beforeAll(async () => {
  place = await createPlace();
  database = await place.open();
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

test('each kind is counted from 1, in the order in which things were made', async () => {
  const numbers = new Numbers(database);
  const first = await numbers.of({ user: [idOf(2), idOf(1), idOf(2)], message: [idOf(7)] });
  expect([first.user(idOf(1)), first.user(idOf(2)), first.message(idOf(7))]).toEqual([1, 2, 1]);
  expect((await numbers.of({ message: [idOf(3)] })).message(idOf(3))).toBe(2);
  expect(() => first.user(idOf(3))).toThrow();
});

test('a number stays what it is, and is found as a number and as digits alone', async () => {
  const numbers = new Numbers(database);
  for (const given of [2, '2']) expect(await numbers.idOf('user', given)).toBe(idOf(2));
  const nothing = [0, -1, 1.5, Number.NaN, 1e12, '02', '2 ', '1e1', 'x', '', idOf(2), null, undefined, {}, [2], true];
  for (const given of [...nothing, 3, '999999999999']) expect(await numbers.idOf('user', given)).toBeNull();
  expect((await numbers.of({ user: [idOf(2)] })).user(idOf(2))).toBe(2);
});

test('of many that ask for the same at once, on several nodes, all get the same, and no number is left out', async () => {
  const nodes = Array.from({ length: 4 }, () => new Numbers(database));
  const wanted = Array.from({ length: 60 }, (_, i) => idOf(1_000 + i));
  const given = await Promise.all(
    nodes.flatMap((node, n) =>
      wanted.map(async (_, i) => {
        const conversation = wanted.slice(Math.max(0, i - n - 1), i + 1);
        const contact = conversation.slice(n % 2);
        const found = await node.of(n % 2 ? { contact, conversation } : { conversation, contact });
        return conversation.map((id) => `${id}:${found.conversation(id)}`);
      }),
    ),
  );
  const all = [...new Set(given.flat())].map((pair) => Number(pair.split(':')[1]));
  expect(all.sort((a, b) => a - b)).toEqual(wanted.map((_, i) => i + 1));
  const { rows } = await database.read((reader) =>
    sql`select count(*)::int as n, max(number)::int as highest from convospace_numbers where kind = 'contact'`.execute(
      reader.sql,
    ),
  );
  expect(rows).toEqual([{ n: 60, highest: 60 }]);
});

test('what fails takes no number', async () => {
  const numbers = new Numbers(database);
  await expect(numbers.of({ login: [idOf(1)], user: ['not-an-id'] })).rejects.toThrow();
  expect((await numbers.of({ login: [idOf(5)] })).login(idOf(5))).toBe(1);
});
