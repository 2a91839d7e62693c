import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeOperations } from '../../../src/api/index.ts';
import { callOperation } from '../../harness/call-operation.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { ownOnly, rows } from './rows.ts';
import { assemble, type Role, roles, type Scene } from './scene.ts';

const operations = nativeOperations({} as never).filter(
  ({ access, name }) => access === 'session' && !ownOnly.has(name),
);

let app: TestApp;
let stage: Awaited<ReturnType<typeof assemble>>;
beforeAll(async () => {
  app = await startTestApp();
  stage = await assemble(app);
});
afterAll(() => app.close());

/** Scenes that no call has changed: of calls that read, that were refused, or that were told nothing of the scene. */
const untouched = new Map<Role, Scene>();

test('every operation has a row, and every row an operation', () => {
  expect(Object.keys(rows).sort()).toEqual(operations.map(({ name }) => name).sort());
});

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  test.each(roles)('by the %s', async (role: Role) => {
    const row = rows[name];
    if (!row) throw new Error(`${name} has no row.`);
    const scene = untouched.get(role) ?? (await stage.scene(role));
    untouched.delete(role);
    const expected = role === 'suspended' ? 'account_suspended' : row.answers[role];
    const { status, body, text } = await callOperation(app, scene.me.token, operation, { ...(await row.input(scene)) });
    expect(status < 300 ? 'ok' : body.error.code, text).toBe(expected);
    if (operation.method === 'GET' || status >= 300 || row.input.length === 0) untouched.set(role, scene);
  });

  test('by nobody', async () => {
    const { status } = await callOperation(app, null, operation, {});
    expect(status).toBe(401);
  });
});
