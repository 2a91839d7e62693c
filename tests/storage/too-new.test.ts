import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '../../src/app/migrations.ts';
import { createPlace, type Place } from './open.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.remove());

test('a database that a newer version has used is refused by name and left as it is', async () => {
  const newer = [...migrations, { name: '9999-from-the-future', sql: 'create table future (id int)' }];
  await (await place.open({ migrations: newer })).close();
  await expect(place.open()).rejects.toMatchObject({
    name: 'DatabaseTooNew',
    message: expect.stringContaining('9999-from-the-future'),
  });
  const database = await place.open({ migrations: newer });
  const { rows } = await database.read((reader) => sql`select to_regclass('future')::text as t`.execute(reader.sql));
  expect(rows).toEqual([{ t: 'future' }]);
  await database.close();
});
