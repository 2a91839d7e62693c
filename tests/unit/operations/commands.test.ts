import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../../harness/embedded-template.ts';
import { installDatabase } from '../../harness/install-database.ts';
import { rest } from '../../harness/people.ts';
import { parley, startServer } from '../../harness/processes.ts';

// Processes take their time, more so while other tests run beside them.
vi.setConfig({ testTimeout: 120_000 });

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const signIn = (url: string, login: string, password: string) =>
  rest({ url }, 'POST', '/sessions/by-password', { body: { login, password } });

describe('parley', () => {
  const environment = { PARLEY_DATA_DIR: join(directory.path, 'unused') };

  test('explains itself', async () => {
    for (const args of [[], ['help'], ['--help']]) {
      const { code, output, errors } = await parley(args, environment);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      for (const name of ['migrate', 'user create', 'copy', 'media', 'doctor']) expect(output).toContain(`  ${name}`);
    }
    const { output } = await parley(['copy', '--help'], environment);
    expect(output).toMatch(/waits until it is done/);
  });

  test.each([
    [['dance'], /no command "dance"/],
    [['user', 'create', '--nme', 'x'], /Unknown option '--nme'/],
    [['user', 'create', '--password', 'x'], /--login is missing/],
    [['copy', '--to', 'mysql://x/y'], /--to must be a URL such as postgres:/],
  ])('refuses %j with exit code 2 and a sentence', async (args, sentence) => {
    const { code, output, errors } = await parley(args, environment);
    expect(errors).toMatch(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(existsSync(environment.PARLEY_DATA_DIR)).toBe(false);
  });
});

describe('accounts', () => {
  const data = join(directory.path, 'data');
  const environment = { PARLEY_DATA_DIR: data };

  test('are made without a server, and by a running one', async () => {
    const made = await parley(
      ['user', 'create', '--login', 'Ann@Example.org', '--name', 'Ann', '--password', 'correct horse 1', '--admin'],
      environment,
    );
    expect(made).toMatchObject({ code: 0, errors: '' });
    expect(made.output).toMatch(/^Made the admin Ann@Example\.org \([0-9a-f-]{36}\)\.\n$/);

    // A socket that a killed server has left must not be in the way of the next.
    writeFileSync(join(data, 'admin.sock'), '');
    const server = await startServer(environment);
    const socket = statSync(join(data, 'admin.sock'));
    expect(socket.isSocket()).toBe(true);
    expect(socket.mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);

    const ann = await signIn(server.url, 'ann@example.org', 'correct horse 1');
    expect(ann).toMatchObject({ status: 201, body: { profile: { name: 'Ann', role: 'admin' } } });

    const bob = await parley(['user', 'create', '--login', 'bob'], environment, 'correct horse 2\n');
    expect(bob).toMatchObject({ code: 0, errors: '', output: expect.stringMatching(/^Made the user bob \(/) });
    expect(await signIn(server.url, 'bob', 'correct horse 2')).toMatchObject({
      status: 201,
      body: { profile: { name: 'bob', username: 'bob', role: 'user' } },
    });

    // What is refused reads the same either way.
    const again = await parley(['user', 'create', '--login', 'bob', '--password', 'correct horse 2'], environment);
    expect(again).toEqual({ code: 1, output: '', errors: 'This username belongs to another account.\n' });
    const weak = await parley(['user', 'create', '--login', 'carl', '--password', 'short'], environment);
    expect(weak).toEqual({ code: 1, output: '', errors: 'A password has at least 8 characters.\n' });
    expect((await parley(['migrate'], environment)).output).toMatch(/0001-people .*\nThe schema is up to date\.\n/s);

    for (const secret of ['correct horse', 'password']) expect(server.output()).not.toContain(secret);
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(data, 'admin.sock'))).toBe(false);

    const offline = await parley(['user', 'create', '--login', 'bob', '--password', 'correct horse 2'], environment);
    expect(offline).toEqual(again);
    expect((await parley(['migrate'], environment)).output).toMatch(/0001-people .*\nThe schema is up to date\.\n/s);
  });

  test('a phone number needs no password', async () => {
    const made = await parley(['user', 'create', '--login', '+15550100042'], environment, '');
    expect(made).toMatchObject({ code: 0, errors: '' });
  });

  test('a killed server does not keep the next from starting and taking commands', async () => {
    const killed = await startServer(environment);
    await killed.stop('SIGKILL');
    expect(existsSync(join(data, 'admin.sock'))).toBe(true);
    // Nobody listens at what it has left: the command opens the database itself.
    const made = await parley(['user', 'create', '--login', 'dora', '--password', 'correct horse 4'], environment);
    expect(made).toMatchObject({ code: 0, errors: '' });
    const server = await startServer(environment);
    const other = await parley(['user', 'create', '--login', 'emil', '--password', 'correct horse 5'], environment);
    expect(other).toMatchObject({ code: 0, errors: '' });
    await server.stop();
  });

  test('commands at the same time take turns', async () => {
    const logins = ['first', 'second', 'third'];
    const made = await Promise.all(
      logins.map((login) => parley(['user', 'create', '--login', login, '--password', 'correct horse 6'], environment)),
    );
    expect(made.map(({ code, errors }) => ({ code, errors }))).toEqual(logins.map(() => ({ code: 0, errors: '' })));
  });
});

test('a data directory may have a long path, and may be open to others', async () => {
  const data = join(directory.path, 'a'.repeat(60), 'b'.repeat(60), 'data');
  mkdirSync(data, { recursive: true });
  installDatabase(data);
  chmodSync(data, 0o755);
  const server = await startServer({ PARLEY_DATA_DIR: data });
  expect(statSync(join(data, 'admin.sock')).mode & 0o777).toBe(0o600);
  const made = await parley(['user', 'create', '--login', 'ann', '--password', 'correct horse'], {
    PARLEY_DATA_DIR: data,
  });
  expect(made).toMatchObject({ code: 0, errors: '' });
  expect((await signIn(server.url, 'ann', 'correct horse')).status).toBe(201);
  await server.stop();
  expect(existsSync(join(data, 'admin.sock'))).toBe(false);
});

test('the first admin comes from the environment, once', async () => {
  const environment = {
    PARLEY_DATA_DIR: join(directory.path, 'first-admin'),
    PARLEY_ADMIN_EMAIL: 'root@example.org',
    PARLEY_ADMIN_PASSWORD: 'correct horse 7',
  };
  installDatabase(environment.PARLEY_DATA_DIR);
  const first = await startServer(environment);
  const admin = await signIn(first.url, 'root@example.org', 'correct horse 7');
  expect(admin.body.profile).toMatchObject({ role: 'admin' });
  await first.stop();
  const second = await startServer({ ...environment, PARLEY_ADMIN_PASSWORD: 'another horse 8' });
  expect((await signIn(second.url, 'root@example.org', 'correct horse 7')).status).toBe(201);
  expect((await signIn(second.url, 'root@example.org', 'another horse 8')).status).toBe(400);
  await second.stop();
});

test('the port of another process is refused with a sentence', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const environment = { PARLEY_DATA_DIR: join(directory.path, 'first-admin'), PORT: String(port) };
  await expect(startServer(environment)).rejects.toThrow(/The port is in use/);
  other.close();
});
