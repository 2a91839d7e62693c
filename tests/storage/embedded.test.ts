import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { DirectoryInUse, openEmbeddedDatabase } from '../../src/adapters/database/embedded/index.ts';
import { migrations } from '../../src/app/migrations.ts';
import type { Database } from '../../src/engine/ports/database.ts';
import { copyTemplate, temporaryDirectory } from '../harness/embedded-template.ts';
import { ServerProcess } from '../power-cut/server-process.ts';

describe('the embedded database', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let data: string;
  const servers: ServerProcess[] = [];
  beforeEach(() => {
    directory = temporaryDirectory();
    data = join(directory.path, 'data');
    mkdirSync(data);
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.kill()));
    directory.remove();
  });
  const start = async (signal?: AbortSignal): Promise<ServerProcess> => {
    const server = await ServerProcess.start(directory.path, undefined, signal);
    servers.push(server);
    return server;
  };
  const open = (options: { onFatal?: (error: Error) => void; maintainEverySeconds?: number } = {}): Promise<Database> =>
    openEmbeddedDatabase({
      dataDirectory: data,
      migrations,
      publish: () => {},
      onFatal: (error) => {
        throw error;
      },
      ...options,
    });
  const run = (database: Database, statement: string) =>
    database.read(async (reader) => (await sql.raw<Record<string, unknown>>(statement).execute(reader.sql)).rows);

  test('is held by one process: a second is refused with what to do, until the first is killed', async () => {
    copyTemplate(inject('embeddedTemplate'), data);
    const first = await start();
    const refusal = await start().catch((error: Error) => error.message);
    expect(refusal).toContain('ended (1)');
    expect(refusal).toContain(`The data directory ${data} is in use by another Parley process.`);
    expect(refusal).not.toContain('    at '); // no stack
    await expect(open()).rejects.toBeInstanceOf(DirectoryInUse);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);

    await first.kill();
    const second = await start();
    expect((await fetch(`${second.url}/ready`)).status).toBe(200);
  }, 60_000);

  test('a first start that is killed half-way is started again', async () => {
    const killing = new AbortController();
    const halfWay = expect.poll(() => existsSync(join(data, 'database.new', 'base')), { timeout: 30_000, interval: 5 });
    const killed = start(killing.signal).catch((error: Error) => error.message);
    await halfWay.toBe(true);
    killing.abort();
    expect(await killed).toContain('SIGKILL');
    expect(readdirSync(data)).not.toContain('database');

    const server = await start();
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    expect(readdirSync(data)).not.toContain('database.new');
  }, 90_000);

  test('is given back when opening fails', async () => {
    copyTemplate(inject('embeddedTemplate'), data);
    const none = { dataDirectory: data, migrations: [], publish: () => {}, onFatal: () => {} };
    await expect(openEmbeddedDatabase(none)).rejects.toMatchObject({ name: 'DatabaseTooNew' });
    const database = await open();
    await database.close();
    await (await open()).close();
  });

  test('a failure that would end a server ends the thread: onFatal, no acks from then on, no hanging', async () => {
    copyTemplate(inject('embeddedTemplate'), data);
    const { promise: fatal, resolve } = Promise.withResolvers<Error>();
    const database = await open({ onFatal: resolve });
    // The next segment of its log cannot be made, as on a full disk.
    rmSync(join(data, 'database', 'pg_wal'), { recursive: true });
    const filling = "create table filler as select repeat('x', 900) as x from generate_series(1, 40000)";
    const first = run(database, filling).catch((error: unknown) => error);
    const second = run(database, 'select 1').catch((error: unknown) => error);
    expect(await first).toMatchObject({ code: 'storage_unavailable' });
    expect(await second).toMatchObject({ code: 'storage_unavailable' });
    expect((await fatal).message).toContain('PANIC: could not create file "pg_wal');
    expect(await run(database, 'select 1').catch((error: unknown) => error)).toMatchObject({
      code: 'storage_unavailable',
    });
    await database.close();
  }, 60_000);

  test('looks after itself: the log is bounded, dead rows are removed, and the planner knows the tables', async () => {
    copyTemplate(inject('embeddedTemplate'), data);
    const database = await open({ maintainEverySeconds: 0.05 });
    await run(database, 'create table big (id int primary key, x text) with (fillfactor = 100)');
    await run(database, "insert into big select i, repeat('x', 500) from generate_series(1, 20000) i");
    for (let i = 0; i < 6; i += 1) await run(database, `update big set x = repeat('${i}', 500)`);
    const state = async () => {
      const [row] = await run(
        database,
        `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::int < 70000000 as bounded,
          (select count(*)::int from pg_stats where tablename = 'big') as known,
          (select vacuum_count > 0 from pg_stat_user_tables where relname = 'big') as vacuumed
        from pg_control_checkpoint()`,
      );
      return row;
    };
    await expect.poll(state, { timeout: 20_000 }).toEqual({ bounded: true, known: 2, vacuumed: true });
    await database.close();
  }, 60_000);
});
