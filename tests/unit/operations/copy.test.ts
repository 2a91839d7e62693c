import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbeddedDatabase } from '../../../src/adapters/database/embedded/index.ts';
import { createDatabase } from '../../harness/database.ts';
import { temporaryDirectory } from '../../harness/embedded-template.ts';
import { installDatabase } from '../../harness/install-database.ts';
import { rest, signIn, startDirect } from '../../harness/people.ts';
import { parley, runFile, startServer } from '../../harness/processes.ts';
import { describeWithPostgres } from '../../harness/services.ts';
import { execute } from '../../operations/execute.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describeWithPostgres('parley copy', () => {
  const directory = temporaryDirectory();
  const data = join(directory.path, 'data');
  const databases: { url: string; drop(): Promise<void> }[] = [];
  const newDatabase = async (): Promise<string> => {
    const database = await createDatabase();
    databases.push(database);
    return database.url;
  };
  const copyTo = (url: string) => parley(['copy', '--to', url], { PARLEY_DATA_DIR: data });
  const rowsIn = async (url: string, table: string): Promise<number> =>
    Number((await execute(url, `select count(*) from ${table}`))[0]?.count);

  let ann: Awaited<ReturnType<typeof signIn>>;
  let conversationId: string;
  const mediaId = '0199aaaa-0000-7000-8000-000000000001';
  const texts = ['Lunch at one?', 'Ça va, 你好 👋🏽', 'it\'s \\ "quoted" {a,b} NULL', ' \t\n '.padEnd(20, 'x')];

  beforeAll(async () => {
    installDatabase(data);
    const server = await startServer({ PARLEY_DATA_DIR: data });
    ann = await signIn(server, { name: 'Ann "A" Archer' });
    const bob = await signIn(server, { name: '鲍勃' });
    conversationId = await startDirect(server, ann, bob);
    for (const [i, text] of texts.entries()) {
      const path = `/conversations/${conversationId}/messages`;
      const sent = await rest(server, 'POST', path, { token: ann.token, body: { text, clientId: `c${i}` } });
      expect(sent.status).toBe(201);
    }
    await rest(server, 'PUT', `/conversations/${conversationId}/receipt`, { token: bob.token, body: { read: 2 } });
    await server.stop();

    // More than one batch, times with microseconds, and a column of each kind that a feature may come to use.
    const database = await openEmbeddedDatabase({
      dataDirectory: data,
      migrations: null,
      publish: () => {},
      onFatal: () => {},
    });
    await database.write(async (unit) => {
      const run = (text: string) => unit.prepared({ name: '', text }, []);
      await run(`insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at)
        select '${conversationId}', 4 + n, gen_random_uuid(), '${ann.id}', null, 4 + n, 'text', 'message ' || n,
          timestamptz '2026-03-29 00:59:59.123456+00' + n * interval '1.000001 s'
        from generate_series(1, 3000) n`);
      await run(`update conversations set last_seq = 3004, rev = rev + 3000`);
      await run(`insert into media (id, uploader_id, purpose, status, file_name, mime_type, size, facts, created_at, keep_until)
        values ('${mediaId}', '${ann.id}', 'message', 'ready', 'a.png', 'image/png', 5, '{}', now(), now())`);
      await run(`insert into blobs (hash, key, size) values ('\\xc0ffee', 'a-key', 5)`);
      await run(
        `insert into renditions (media_id, name, hash, mime_type) values ('${mediaId}', 'original', '\\xc0ffee', 'image/png')`,
      );
      await run(`update messages set content = '{"media": [{"mediaId": "${mediaId}"}]}' where seq = 100`);
    });
    await database.close();
  });

  afterAll(async () => {
    for (const database of databases) await database.drop();
    directory.remove();
  });

  test('moves everything, and people stay signed in', async () => {
    const url = await newDatabase();
    const copied = await copyTo(url);
    expect(copied).toMatchObject({ code: 0, errors: '' });
    expect(copied.output).toContain('messages: 3004 rows\n');
    expect(copied.output).toContain('people: 2 rows\n');
    const secret = readFileSync(join(data, 'secret'), 'utf8');
    expect(copied.output).toMatch(/DATABASE_URL .*\n.*JWT_SECRET to the content of the file/);
    expect(copied.output).toMatch(/^Files are not copied: they stay in \/.*\/blobs\. /m);
    expect(copied.output).not.toContain(secret);

    const times = await execute(
      url,
      "select to_char(created_at at time zone 'UTC', 'HH24:MI:SS.US') as at from messages where seq = 3004",
    );
    expect(times).toEqual([{ at: '01:49:59.126456' }]);

    // The uses of files are there once, and are kept from now on.
    const uses = 'select media_id, holder_id, seq::text from media_uses';
    expect(await execute(url, uses)).toEqual([{ media_id: mediaId, holder_id: conversationId, seq: '100' }]);
    await execute(url, 'update messages set content = null where seq = 100');
    expect([await rowsIn(url, 'media_uses'), await rowsIn(url, 'media_checks')]).toEqual([0, 1]);

    const server = await startServer({ DATABASE_URL: url, JWT_SECRET: secret, PARLEY_DATA_DIR: directory.path });
    const list = await rest(server, 'GET', '/conversations', { token: ann.token });
    expect(list).toMatchObject({ status: 200, body: { items: [{ id: conversationId, lastSeq: 3004 }] } });
    const history = await rest(server, 'GET', `/conversations/${conversationId}/messages?after=0&limit=4`, {
      token: ann.token,
    });
    expect(history.body.items.map(({ text }: { text: string }) => text)).toEqual(texts);
    const refreshed = await rest(server, 'POST', '/sessions/refresh', { body: { refreshToken: ann.refreshToken } });
    expect(refreshed.status).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  test('refuses a target that is not empty, and leaves it as it is', async () => {
    const url = await newDatabase();
    const server = await startServer({ DATABASE_URL: url, PARLEY_DATA_DIR: join(directory.path, 'other') });
    await signIn(server, { name: 'Somebody Else' });
    await server.stop();
    const copied = await copyTo(url);
    expect(copied.code).toBe(1);
    expect(copied.errors).toMatch(/^The target is not empty: \w+ has rows\. .*Nothing was changed\.\n$/);
    expect(await rowsIn(url, 'people')).toBe(1);
  });

  test('works while the server runs, which then goes on', async () => {
    const url = await newDatabase();
    const server = await startServer({ PARLEY_DATA_DIR: data });
    const [copied, me] = await Promise.all([copyTo(url), rest(server, 'GET', '/me', { token: ann.token })]);
    expect(copied).toMatchObject({ code: 0, errors: '' });
    expect(copied.output).toContain('messages: 3004 rows\n');
    expect(me.status).toBe(200);
    const path = `/conversations/${conversationId}/messages`;
    expect((await rest(server, 'POST', path, { token: ann.token, body: { text: 'still here' } })).status).toBe(201);
    expect(await server.stop()).toBe(0);
    expect(await rowsIn(url, 'messages')).toBe(3004);
  });

  test('leaves the target empty when it fails in the middle', async () => {
    const url = await newDatabase();
    expect(
      (await parley(['migrate'], { DATABASE_URL: url, PARLEY_DATA_DIR: join(directory.path, 'other') })).code,
    ).toBe(0);
    await execute(url, 'alter table messages add check (seq < 2000)');
    const copied = await copyTo(url);
    expect(copied.code).toBe(1);
    expect(copied.output).not.toContain('Copied');
    for (const table of ['people', 'conversations', 'messages', 'sessions']) expect(await rowsIn(url, table)).toBe(0);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves the target empty after %s, and the server running',
    async (signal) => {
      const url = await newDatabase();
      await parley(['migrate'], { DATABASE_URL: url, PARLEY_DATA_DIR: join(directory.path, 'other') });
      const server = await startServer({ PARLEY_DATA_DIR: data });
      const holder = new Client({ connectionString: url });
      await holder.connect();
      await holder.query('begin; lock table messages in access exclusive mode');
      let child: ChildProcess | undefined;
      const copying = runFile('src/cli/parley.ts', ['copy', '--to', url], { PARLEY_DATA_DIR: data }, '', (started) => {
        child = started;
      });
      await vi.waitFor(
        async () => expect(await execute(url, 'select 1 from pg_locks where not granted')).not.toEqual([]),
        { timeout: 60_000, interval: 100 },
      );
      child?.kill(signal);
      const copied = await copying;
      await holder.end();
      expect(copied.output).not.toContain('Copied');
      if (signal === 'SIGINT') expect(copied).toMatchObject({ code: 1, errors: 'Interrupted.\n' });
      // Waits for the connection that the copy held.
      expect((await rest(server, 'GET', '/me', { token: ann.token })).status).toBe(200);
      for (const table of ['people', 'messages']) expect(await rowsIn(url, table)).toBe(0);
      expect(await server.stop()).toBe(0);
    },
  );

  test('notices what the target does not store as it was', async () => {
    const url = await newDatabase();
    await parley(['migrate'], { DATABASE_URL: url, PARLEY_DATA_DIR: join(directory.path, 'other') });
    await execute(
      url,
      `create function spoil() returns trigger language plpgsql as $$ begin new.text := trim(new.text); return new; end $$;
       create trigger spoil before insert on messages for each row execute function spoil()`,
    );
    const copied = await copyTo(url);
    expect(copied).toMatchObject({
      code: 1,
      errors: 'The copy of messages differs from the original. The target was left empty.\n',
    });
    expect(await rowsIn(url, 'people')).toBe(0);
  });

  test('says what is wrong with a target, without its password', async () => {
    const missing = new URL(await newDatabase());
    missing.pathname = '/no_such_database';
    missing.password = 'geheim';
    const copied = await copyTo(missing.href);
    expect(copied.code).toBe(1);
    expect(copied.errors).toBe('The target cannot be used: database "no_such_database" does not exist\n');
    const nowhere = await copyTo('postgres://root:geheim@127.0.0.1:1/x');
    expect(nowhere.errors).toMatch(/^The target cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1\n$/);
  });
});
