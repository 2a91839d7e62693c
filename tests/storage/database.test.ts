import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/engine/ports/database.ts';
import type { EngineEvent } from '../../src/engine/shared/events.ts';
import { createPlace, type Place } from './open.ts';

// What engine/ports/database.ts promises, on the storage of the project.

const insert = { name: 'test-insert', text: 'insert into things (id, n) values ($1, $2) returning id, n, at' };
const event = (id: string): EngineEvent =>
  ({ type: 'test.happened', audience: { kind: 'nodes' }, data: { id } }) as unknown as EngineEvent;

let place: Place;
let database: Database;
let published: EngineEvent[];
let onPublish: (event: EngineEvent) => void = () => {};
beforeAll(async () => {
  place = await createPlace();
  database = await place.open({
    publish: (happened) => {
      published.push(happened);
      onPublish(happened);
    },
  });
  await database.write((unit) =>
    sql`create table things (id text primary key, n bigint not null check (n >= 0), at timestamptz not null default now())`.execute(
      unit.sql,
    ),
  );
});
beforeEach(async () => {
  published = [];
  onPublish = () => {};
  await database.write((unit) => sql`delete from things`.execute(unit.sql));
});
afterAll(async () => {
  await database?.close();
  await place?.remove();
});

const ids = (): Promise<string[]> =>
  database.read(async (reader) => {
    const { rows } = await sql<{ id: string }>`select id from things order by id`.execute(reader.sql);
    return rows.map(({ id }) => id);
  });

describe('reading and writing', () => {
  test('prepared statements give bigint as number and timestamptz as Date, in and outside of a transaction', async () => {
    const shape = { id: expect.any(String), n: 2 ** 40, at: expect.any(Date) };
    expect(await database.autocommit(insert, ['a', 2 ** 40])).toEqual([shape]);
    expect(await database.write((unit) => unit.prepared(insert, ['b', 2 ** 40]))).toEqual([shape]);
    const read = { name: 'test-read', text: 'select * from things order by id' };
    expect(await database.read((reader) => reader.prepared(read, []))).toEqual([shape, shape]);
  });

  test('built and prepared statements of one unit of work share its transaction', async () => {
    await database.write(async (unit) => {
      await unit.prepared(insert, ['a', 1]);
      const { rows } = await sql`select id from things`.execute(unit.sql);
      expect(rows).toEqual([{ id: 'a' }]);
    });
    expect(await ids()).toEqual(['a']);
  });

  test('many units of work at once all succeed', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 === 0
          ? database.autocommit(insert, [`thing ${i}`, i])
          : database.write((unit) => unit.prepared(insert, [`thing ${i}`, i])),
      ),
    );
    expect(await ids()).toHaveLength(50);
  });
});

describe('a unit of work that throws', () => {
  test('changes nothing and announces nothing, and the error passes through untouched', async () => {
    const broken = Object.assign(new Error('connection to the kitchen timeout ended'), { code: 'ENOENT' });
    const attempt = database.write(async (unit) => {
      await unit.prepared(insert, ['a', 1]);
      unit.announce(event('a'));
      throw broken;
    });
    await expect(attempt).rejects.toBe(broken);
    expect(await ids()).toEqual([]);
    expect(published).toEqual([]);
  });

  test('even where it has swallowed the error of a statement', async () => {
    const attempt = database.write(async (unit) => {
      await unit.prepared(insert, ['a', 1]);
      await unit.prepared(insert, ['a', 1]).catch(() => {});
      unit.announce(event('a'));
    });
    await expect(attempt).rejects.toThrow();
    expect(await ids()).toEqual([]);
    expect(published).toEqual([]);
  });
});

describe('events', () => {
  test('are announced after commit, in order', async () => {
    const seen: Promise<string[]>[] = [];
    onPublish = () => seen.push(ids());
    await database.write(async (unit) => {
      unit.announce(event('first'));
      await unit.prepared(insert, ['a', 1]);
      unit.announce(event('second'));
      expect(published).toEqual([]);
    });
    expect(published).toEqual([event('first'), event('second')]);
    expect(await Promise.all(seen)).toEqual([['a'], ['a']]);
  });

  test('may lead to writing at once: they come from outside of the unit of work', async () => {
    const followUps: Promise<unknown>[] = [];
    onPublish = () => followUps.push(database.write((unit) => unit.prepared(insert, ['from the event', 1])));
    await database.write(async (unit) => unit.announce(event('a')));
    await Promise.all(followUps);
    expect(await ids()).toEqual(['from the event']);
  });
});

describe('nesting', () => {
  test('is refused at once, in all its forms', async () => {
    const inner: (() => Promise<unknown>)[] = [
      () => database.read(async () => {}),
      () => database.write(async () => {}),
      () => database.autocommit(insert, ['nested', 1]),
      () => database.ping(),
    ];
    for (const nested of inner) {
      await expect(database.write(() => nested())).rejects.toThrow('inside another');
      await expect(database.read(() => nested())).rejects.toThrow('inside another');
    }
    expect(await ids()).toEqual([]);
  });

  test('does not count what a unit of work has started and left behind', async () => {
    let started: Promise<unknown> | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    await database.write(async () => {
      started = promise.then(() => database.autocommit(insert, ['later', 1]));
    });
    resolve();
    await started;
    expect(await ids()).toEqual(['later']);
  });
});

describe('a statement that fails', () => {
  const backend = async (): Promise<unknown> =>
    database.read(async (reader) => (await sql`select pg_backend_pid() as pid`.execute(reader.sql)).rows);

  test('keeps the connection, prepared or built, alone or in a transaction', async () => {
    const before = await backend();
    const wrong = ['a', -1];
    await expect(database.autocommit(insert, wrong)).rejects.toMatchObject({ code: '23514' });
    await expect(database.write((unit) => unit.prepared(insert, wrong))).rejects.toMatchObject({ code: '23514' });
    await expect(database.read((reader) => sql`select 1 / 0`.execute(reader.sql))).rejects.toMatchObject({
      code: '22012',
    });
    await expect(database.read(async () => Promise.reject(new Error('not found')))).rejects.toThrow('not found');
    expect(await backend()).toEqual(before);
    expect(await ids()).toEqual([]);
  });
});

test('closing waits for what runs', async () => {
  const own = await createPlace();
  const closing = await own.open();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const work = closing.write(async (unit) => {
    start();
    await nextTurn(); // so that closing begins before the work ends
    return (await sql<{ n: number }>`select count(*)::int as n from people`.execute(unit.sql)).rows;
  });
  await started;
  const closed = closing.close();
  expect(await work).toEqual([{ n: 0 }]);
  await closed;
  await own.remove();
});
