import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createDatabase } from '../../harness/database.ts';
import { temporaryDirectory } from '../../harness/embedded-template.ts';
import { FakeClamd } from '../../harness/fake-clamd.ts';
import { FakeCloudinary } from '../../harness/fake-cloudinary.ts';
import { FakeS3 } from '../../harness/fake-s3.ts';
import { installDatabase } from '../../harness/install-database.ts';
import { parley, startServer } from '../../harness/processes.ts';
import { describeWithPostgres, describeWithRedis } from '../../harness/services.ts';
import { execute } from '../../operations/execute.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 120_000 });

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const secret = 'q7Jm2xVb9Lr4Tz8Nc5Wp3Hs6Dk1Fg0Ya';
const freePort = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
};
const doctor = (environment: Record<string, string>) =>
  parley(['doctor'], { PARLEY_DATA_DIR: join(directory.path, 'none'), PORT: '0', ...environment });

test('finds nothing wrong with a new installation, and makes nothing', async () => {
  const { code, output, errors } = await doctor({});
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(/^ok {7}Node\.js: 2\d\./m);
  expect(output).toMatch(/^ok {7}database: embedded; the first start makes it$/m);
  expect(output).toMatch(/^warning {2}NODE_ENV: not production/m);
  expect(output).toMatch(/^0 problems, \d+ warnings?\.$/m);
});

test('looks at the embedded database with and without a server', async () => {
  const data = join(directory.path, 'data');
  const environment = { PARLEY_DATA_DIR: data, PORT: await freePort() };
  installDatabase(data);
  const server = await startServer(environment);
  const running = await doctor(environment);
  expect(running).toMatchObject({ code: 0, errors: '' });
  expect(running.output).toMatch(/^ok {7}server: ready at http:\/\/127\.0\.0\.1:\d+$/m);
  await server.stop();
  const stopped = await doctor(environment);
  expect(stopped.output).toMatch(/^ok {7}server: does not run/m);
  for (const { output } of [running, stopped]) {
    expect(output).toMatch(/^ok {7}database: PostgreSQL 1\d.*, embedded, UTF8$/m);
    expect(output).toMatch(/^ok {7}schema: up to date, \d+ migrations$/m);
    expect(output).toMatch(/^ok {7}pg_trgm: installed$/m);
    expect(output).toMatch(/^ok {7}clock: 0\.\d s apart/m);
  }

  chmodSync(data, 0o755);
  chmodSync(join(data, 'secret'), 0o644);
  const open = await doctor({ ...environment, JWT_SECRET: secret });
  expect(open.code).toBe(1);
  expect(open.output).toMatch(/^warning {2}data folder: .* is open to others, mode 755\. chmod 700 /m);
  expect(open.output).toMatch(/^problem {2}data folder: .*secret is readable for others\. chmod 600 /m);
  expect(open.output).toMatch(/^warning {2}secret: JWT_SECRET is not the secret that was generated before/m);
  expect(open.output).not.toContain(secret);
});

test('tells every mistake of the settings, and goes on', async () => {
  const { code, output } = await doctor({
    NODE_ENV: 'production',
    DATABASE_URL: 'mongodb://root:geheim@127.0.0.1/chat',
    PARLEY_RATE_LIMIT_FACTOR: '0',
    REDIS_URL: 'redis://127.0.0.1:1',
  });
  expect(code).toBe(1);
  expect(output).toMatch(/^problem {2}settings: JWT_SECRET: must be set in production/m);
  expect(output).toMatch(/^problem {2}settings: DATABASE_URL: Parley stores in PostgreSQL/m);
  expect(output).toMatch(/^problem {2}settings: PARLEY_RATE_LIMIT_FACTOR: must not be 0/m);
  expect(output).toMatch(/^problem {2}Redis: connect ECONNREFUSED/m);
  expect(output).toMatch(/^4 problems, /m);
  expect(output).not.toContain('geheim');
});

describe('of the store of files, doctor', () => {
  const keys = (fake: FakeS3) => ({
    PARLEY_BLOBS: 's3',
    PARLEY_S3_BUCKET: fake.bucket,
    AWS_REGION: fake.region,
    PARLEY_S3_ENDPOINT: fake.url,
    AWS_ACCESS_KEY_ID: fake.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fake.secretAccessKey,
  });

  test('shows the folder, also one that cannot be used', async () => {
    expect((await doctor({})).output).toMatch(/^ok {7}files: .*none\/blobs will be made by the first start$/m);
    const UPLOAD_PATH = join(directory.path, 'uploads');
    mkdirSync(UPLOAD_PATH);
    expect((await doctor({ UPLOAD_PATH })).output).toMatch(/^ok {7}files: .*uploads$/m);
    writeFileSync(join(directory.path, 'file'), '');
    const { code, output } = await doctor({ PARLEY_BLOB_DIR: join(directory.path, 'file') });
    expect(code).toBe(1);
    expect(output).toMatch(/^problem {2}files: .*file: ENOTDIR.*\. Check PARLEY_BLOB_DIR/m);
  });

  test('tells a bucket that takes files from one that does not, and no secret', async () => {
    const fake = await new FakeS3().start();
    const good = await doctor(keys(fake));
    expect(good.output).toMatch(/^ok {7}files: bucket parley-files at http:\/\/127/m);
    expect([...fake.objects.keys()]).toEqual(['ping']);
    const wrong = await doctor({ ...keys(fake), AWS_SECRET_ACCESS_KEY: 'geheim' });
    expect(wrong.code).toBe(1);
    expect(wrong.output).toMatch(/^problem {2}files: bucket parley-files at .*signature.*\. Check the settings of S3/m);
    for (const { output } of [good, wrong]) expect(output).not.toMatch(/geheim|not-a-secret/);
    await fake.stop();
  });

  test('tells a cloud whose key is wrong', async () => {
    const fake = await new FakeCloudinary().start();
    const settings = {
      PARLEY_BLOBS: 'cloudinary',
      CLOUDINARY_CLOUD_NAME: fake.cloudName,
      CLOUDINARY_API_KEY: fake.apiKey,
      CLOUDINARY_API_SECRET: fake.apiSecret,
      CLOUDINARY_UPLOAD_PREFIX: fake.url,
    };
    expect((await doctor(settings)).output).toMatch(/^ok {7}files: cloud parley-tests of Cloudinary$/m);
    const wrong = await doctor({ ...settings, CLOUDINARY_API_SECRET: 'geheim' });
    expect(wrong.output).toMatch(/^problem {2}files: .*Cloudinary answered 401/m);
    await fake.stop();
  });

  test('tells each setting that is missing, and goes on', async () => {
    const { code, output } = await doctor({ PARLEY_BLOBS: 's3', AWS_ACCESS_KEY_ID: 'AKIDSOME' });
    expect(code).toBe(1);
    for (const name of ['PARLEY_S3_BUCKET', 'PARLEY_S3_REGION', 'AWS_SECRET_ACCESS_KEY']) {
      expect(output).toMatch(new RegExp(`^problem  settings: ${name}: must be set`, 'm'));
    }
    expect(output).toMatch(/^3 problems, /m);
  });
});

test('tells whether the virus scanner answers', async () => {
  expect((await doctor({})).output).toMatch(/^ok {7}virus scanner: not used/m);
  const clamd = await FakeClamd.start();
  const { port } = clamd.address as { port: number };
  const PARLEY_CLAMD = `127.0.0.1:${port}`;
  expect((await doctor({ PARLEY_CLAMD })).output).toMatch(/^ok {7}virus scanner: clamd at 127\.0\.0\.1:\d+$/m);
  await clamd.close();
  const { code, output } = await doctor({ PARLEY_CLAMD });
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^problem {2}virus scanner: clamd at 127.*ECONNREFUSED.*\. Check PARLEY_CLAMD/m),
  ]);
});

test('tells an ffmpeg that was named and is not there from one that nobody asked for', async () => {
  const named = await doctor({ PARLEY_FFMPEG: join(directory.path, 'no', 'ffmpeg') });
  expect([named.code, named.output]).toEqual([
    1,
    expect.stringMatching(/^problem {2}ffmpeg: .*no\/ffmpeg is not there.*\. Check PARLEY_FFMPEG\.$/m),
  ]);
  expect((await doctor({ PARLEY_FFMPEG: 'none' })).output).toMatch(/^ok {7}ffmpeg: not used/m);
  // Each stands in for one that says its version.
  for (const name of ['ffmpeg', 'ffprobe']) {
    const path = join(directory.path, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} version 6.1.1 Copyright"\n`, { mode: 0o755 });
  }
  const found = await doctor({ PARLEY_FFMPEG: join(directory.path, 'ffmpeg') });
  expect([found.code, found.output]).toEqual([0, expect.stringMatching(/^ok {7}ffmpeg: 6\.1\.1$/m)]);
});

test('knows what is allowed in production and seldom meant', async () => {
  const production = { NODE_ENV: 'production', JWT_SECRET: secret };
  const bare = await doctor(production);
  expect(bare.code).toBe(0);
  expect(bare.output).toMatch(/^warning {2}origins: no web client/m);
  expect(bare.output).toMatch(/^warning {2}address: PARLEY_PUBLIC_URL is not set/m);
  expect(bare.output).toMatch(/^warning {2}SMS: codes are not sent: nobody can sign in by phone/m);
  expect(bare.output).toMatch(/^warning {2}metrics: closed/m);

  const odd = await doctor({
    ...production,
    JWT_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc',
    CLIENT_URL: '*',
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
    PARLEY_SMS: 'console',
    PARLEY_RATE_LIMIT_FACTOR: '100',
    PARLEY_METRICS_TOKEN: 'abc',
  });
  expect(odd.output).toMatch(/^warning {2}secret: JWT_SECRET has few different characters/m);
  expect(odd.output).toMatch(/^warning {2}origins: every website may connect/m);
  expect(odd.output).toMatch(/^warning {2}address: .*PARLEY_TRUSTED_PROXIES/m);
  expect(odd.output).toMatch(/^warning {2}SMS: codes are printed/m);
  expect(odd.output).toMatch(/^warning {2}limits: 100 times/m);
  expect(odd.output).toMatch(/^warning {2}metrics: PARLEY_METRICS_TOKEN is short/m);

  const good = await doctor({
    ...production,
    CLIENT_URL: 'https://app.example.org',
    PARLEY_PUBLIC_URL: 'https://chat.example.org',
    PARLEY_TRUSTED_PROXIES: '10.0.0.0/8',
    PARLEY_METRICS_TOKEN: 'b3f1c9d07a5e4428',
  });
  for (const subject of ['secret', 'origins', 'address', 'limits', 'metrics']) {
    expect(good.output).toMatch(new RegExp(`^ok {7}${subject}: `, 'm'));
  }
});

describeWithPostgres('with PostgreSQL, doctor', () => {
  test('changes nothing, and sees what is pending or too new', async () => {
    const database = await createDatabase();
    const environment = { DATABASE_URL: database.url };
    const fresh = await doctor(environment);
    expect(fresh).toMatchObject({ code: 0, errors: '' });
    expect(fresh.output).toMatch(/^ok {7}database: PostgreSQL 1\d.*, UTF8$/m);
    expect(fresh.output).toMatch(/^warning {2}schema: \d+ migrations pending: 0001-people/m);
    expect(fresh.output).toMatch(/^ok {7}pg_trgm: can be installed$/m);
    expect(await execute(database.url, "select 1 from pg_class where relname = 'schema_migrations'")).toEqual([]);

    mkdirSync(join(directory.path, 'pg'));
    expect((await parley(['migrate'], { ...environment, PARLEY_DATA_DIR: join(directory.path, 'pg') })).code).toBe(0);
    expect((await doctor(environment)).output).toMatch(/^ok {7}schema: up to date/m);
    await execute(database.url, "insert into schema_migrations (name) values ('9999-from-the-future')");
    const future = await doctor({ ...environment, PARLEY_DATABASE_POOL: '1000' });
    expect(future.code).toBe(1);
    expect(future.output).toMatch(/^problem {2}schema: made by a newer Parley: 9999-from-the-future/m);
    expect(future.output).toMatch(/^problem {2}connections: PARLEY_DATABASE_POOL is 1000/m);
    await database.drop();

    const gone = await doctor(environment);
    expect(gone.code).toBe(1);
    expect(gone.output).toMatch(/^problem {2}database: database "[^"]+" does not exist\. Check DATABASE_URL/m);
  });
});

describeWithRedis('with Redis, doctor', (url) => {
  test('shows its version', async () => {
    expect((await doctor({ REDIS_URL: url })).output).toMatch(/^ok {7}Redis: \d+\.\d+/m);
  });
});
