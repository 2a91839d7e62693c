import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDatabase } from '../../harness/database.ts';
import { temporaryDirectory } from '../../harness/embedded-template.ts';
import { installDatabase } from '../../harness/install-database.ts';
import { runFile, startServer } from '../../harness/processes.ts';
import { describeWithPostgres } from '../../harness/services.ts';
import { execute } from '../../operations/execute.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 120_000 });

const secret = 'q7Jm2xVb9Lr4Tz8Nc5Wp3Hs6Dk1Fg0Ya';
const directory = temporaryDirectory();
afterAll(() => directory.remove());

const start = (environment: Record<string, string>) =>
  runFile('src/main.ts', [], { PORT: '0', PARLEY_DATA_DIR: directory.path, ...environment });

const production = { NODE_ENV: 'production', JWT_SECRET: secret };

test.each([
  ['no secret', { ...production, JWT_SECRET: '' }, /JWT_SECRET: must be set in production/],
  ['a short secret', { ...production, JWT_SECRET: 'q7Jm2xVb9' }, /JWT_SECRET: must have 32 characters/],
  [
    'a sample secret',
    { ...production, JWT_SECRET: 'change-me-change-me-change-me-change-me' },
    /JWT_SECRET: is a sample/,
  ],
  ['limits switched off', { ...production, PARLEY_RATE_LIMIT_FACTOR: '0' }, /PARLEY_RATE_LIMIT_FACTOR: must not be 0/],
  ['the URL of MongoDB', { DATABASE_URL: 'mongodb://127.0.0.1/chat' }, /PostgreSQL.*postgres:\/\/user:password@host/],
  ['the URL of MongoDB Atlas', { DATABASE_URL: 'mongodb+srv://x/chat' }, /remove it to use the embedded database/],
  ['the URL of MySQL', { DATABASE_URL: 'mysql://127.0.0.1/chat' }, /PostgreSQL.*postgres:\/\/user:password@host/],
  ['an admin without a password', { PARLEY_ADMIN_EMAIL: 'a@example.org' }, /PARLEY_ADMIN_PASSWORD: must be set too/],
  [
    'a blob store that it does not know',
    { PARLEY_BLOBS: 'tape' },
    /PARLEY_BLOBS: must be `disk`, `s3` or `cloudinary`/,
  ],
  ['S3 without a bucket', { PARLEY_BLOBS: 's3', AWS_REGION: 'eu-central-1' }, /PARLEY_S3_BUCKET: must be set/],
  ['Cloudinary without a secret', { PARLEY_BLOBS: 'cloudinary' }, /CLOUDINARY_API_SECRET: must be set/],
  ['a PostgreSQL that is not there', { DATABASE_URL: 'postgres://127.0.0.1:1/x' }, /ECONNREFUSED/],
])('the server does not start with %s', async (_name, environment, sentence) => {
  const { code, output, errors } = await start(environment);
  expect(errors).toMatch(sentence);
  expect(errors).not.toContain('    at ');
  expect(output).toBe('');
  expect(code).toBe(1);
});

test('all mistakes are told at once', async () => {
  const { errors } = await start({ NODE_ENV: 'production', PORT: 'http', PARLEY_SMS: 'pigeon', REDIS_URL: 'x' });
  for (const name of ['JWT_SECRET', 'PORT', 'PARLEY_SMS', 'REDIS_URL']) expect(errors).toContain(`- ${name}: `);
});

describe('a data directory', () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeAll(() => {
    data = temporaryDirectory();
  });
  afterAll(() => data.remove());

  test('is used by one server at a time', async () => {
    installDatabase(data.path);
    const first = await startServer({ PARLEY_DATA_DIR: data.path });
    const second = await start({ PARLEY_DATA_DIR: data.path });
    expect(second).toMatchObject({ code: 1, output: '' });
    expect(second.errors).toMatch(/in use by another Parley process.*PARLEY_DATA_DIR/);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
    expect(await first.stop()).toBe(0);
  });
});

describeWithPostgres('a database on PostgreSQL', () => {
  test('that a newer version has migrated is refused', async () => {
    const database = await createDatabase();
    const first = await startServer({ DATABASE_URL: database.url, PARLEY_DATA_DIR: directory.path });
    await first.stop();
    await execute(database.url, "insert into schema_migrations (name) values ('9999-from-the-future')");
    const { code, errors } = await start({ DATABASE_URL: database.url });
    expect(errors).toMatch(/does not know \(9999-from-the-future\).*newer version/s);
    expect(errors).not.toContain('    at ');
    expect(code).toBe(1);
    await database.drop();
  });
});
