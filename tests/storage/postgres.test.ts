import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresDatabase } from '../../src/adapters/database/postgres/index.ts';
import { migrations } from '../../src/app/migrations.ts';
import type { Database } from '../../src/engine/ports/database.ts';
import { createDatabase } from '../harness/database.ts';
import { rest, signIn, startDirect } from '../harness/people.ts';
import { startTestApp } from '../harness/start-app.ts';

describe('PostgreSQL', () => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  beforeEach(async () => {
    place = await createDatabase();
  });
  afterEach(() => place.drop());
  const open = (): Promise<Database> =>
    openPostgresDatabase({ url: place.url, migrations, publish: () => {}, poolSize: 4 });

  /** Ends all connections to a database, as a restart of the server does. */
  async function terminateAll(url: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await client.end();
  }

  test('migrations run once where nodes start at the same moment', async () => {
    const nodes = await Promise.all([open(), open(), open()]);
    const applied = await nodes[0]?.read(async (reader) => {
      const { rows } = await sql<{
        name: string;
      }>`select name from schema_migrations order by applied_at, name`.execute(reader.sql);
      return rows.map(({ name }) => name);
    });
    expect(applied).toEqual(migrations.map(({ name }) => name));
    await Promise.all(nodes.map((node) => node.close()));
  });

  test('a migration that fails leaves nothing behind, and the next start tries again', async () => {
    const broken = [...migrations, { name: '9999-broken', sql: 'create table half (id int); select 1 / 0' }];
    const opening = openPostgresDatabase({ url: place.url, migrations: broken, publish: () => {}, poolSize: 2 });
    await expect(opening).rejects.toThrow('division by zero');
    const database = await open();
    const half = database.read((reader) => sql`select to_regclass('half') as half`.execute(reader.sql));
    expect((await half).rows).toEqual([{ half: null }]);
    await database.close();
  });

  test('a connection lost inside a unit of work fails it, changes nothing, and the next gets a new one', async () => {
    const database = await open();
    const lost = database.write(async (unit) => {
      await sql`create table lost (id int)`.execute(unit.sql);
      await terminateAll(place.url);
      await sql`select 1`.execute(unit.sql);
    });
    await expect(lost).rejects.toMatchObject({ code: 'storage_unavailable' });
    const during = database.read((reader) => sql`select pg_sleep(60)`.execute(reader.sql)).catch((error) => error);
    await expect
      .poll(async () => {
        await terminateAll(place.url);
        return Promise.race([during, Promise.resolve(null)]);
      })
      .toMatchObject({ code: 'storage_unavailable' });
    await expect
      .poll(() => database.read((reader) => sql`select to_regclass('lost') as lost`.execute(reader.sql)).catch(String))
      .toMatchObject({ rows: [{ lost: null }] });
    await database.close();
  });

  test('a connection lost while nobody speaks on it does not end the process', async () => {
    const database = await open();
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const silent = database.write(async (unit) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(unit.sql);
      await terminateAll(place.url);
      const other = new pg.Client({ connectionString: place.url });
      await other.connect();
      await expect
        .poll(async () => (await other.query('select 1 from pg_stat_activity where pid = $1', [rows[0]?.pid])).rowCount)
        .toBe(0);
      await other.end();
      resolve();
      return 'done';
    });
    await gone;
    await expect(silent).rejects.toMatchObject({ code: 'storage_unavailable' });
    await database.ping();
    await database.close();
  });

  test('a server that is not there is told from a wrong statement', async () => {
    const url = new URL(place.url);
    url.port = '1';
    const opening = openPostgresDatabase({ url: url.href, migrations, publish: () => {}, poolSize: 2 });
    await expect(opening).rejects.toThrow(/ECONNREFUSED/);
  });

  test('the server gone and back: requests are refused or succeed, nothing acked is lost, no restart is needed', async () => {
    const app = await startTestApp();
    const [ann, bob] = [await signIn(app), await signIn(app)];
    const conversationId = await startDirect(app, ann, bob);
    const acked: string[] = [];
    const refused = new Set<string>();
    let n = 0;
    let going = true;
    const lane = async (): Promise<void> => {
      while (going) {
        n += 1;
        const clientId = `m${n}`;
        for (let answered = false; !answered; ) {
          const answer = await rest(app, 'POST', `/conversations/${conversationId}/messages`, {
            token: ann.token,
            body: { text: clientId, clientId },
          });
          answered = answer.status < 300;
          if (answered) acked.push(clientId);
          else refused.add(`${answer.status} ${answer.body.error.code}`);
        }
      }
    };
    const lanes = Promise.all([lane(), lane(), lane(), lane()]);
    for (let cut = 0; cut < 10; cut += 1) {
      await terminateAll(app.config.databaseUrl as string);
      const before = acked.length;
      await expect.poll(() => acked.length, { timeout: 10_000 }).toBeGreaterThan(before + 5);
    }
    going = false;
    await lanes;
    for (const refusal of refused) expect(refusal).toBe('503 storage_unavailable');
    const stored: { seq: number; clientId: string }[] = [];
    for (;;) {
      const after = stored.at(-1)?.seq ?? 0;
      const path = `/conversations/${conversationId}/messages?after=${after}&limit=100`;
      const { items } = (await rest(app, 'GET', path, { token: bob.token })).body;
      if (items.length === 0) break;
      stored.push(...items);
    }
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1));
    expect(stored.map(({ clientId }) => clientId).sort()).toEqual([...acked].sort());
    await app.close();
  }, 60_000);
});
