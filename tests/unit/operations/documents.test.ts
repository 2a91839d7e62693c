import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { runFile } from '../../harness/processes.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

interface Route {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: unknown;
  readonly responses: Record<string, unknown>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Route>>;
  readonly components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

test('the generated documents are those of the code', async () => {
  const { code, errors } = await runFile('src/cli/docs.ts', ['--check'], {});
  expect(errors).toBe('');
  expect(code).toBe(0);
});

describe('the OpenAPI document', () => {
  const document = JSON.parse(read('docs/generated/openapi.json')) as Document;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ id: `${method} ${path}`, path, ...route })),
  );

  test('is valid', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Parley' } });
  });

  test('names and explains every route, and says how it fails', () => {
    expect(routes.length).toBeGreaterThan(25);
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
    for (const route of routes) {
      expect(route, route.id).toMatchObject({ operationId: expect.any(String), summary: expect.any(String) });
      expect(route.security, route.id).toBeDefined();
      if (route.path.startsWith('/v1/'))
        expect(Object.keys(route.responses), route.id).toEqual(expect.arrayContaining(['4XX', '5XX']));
    }
  });

  test('has every reference that it makes', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((name) => !(String(name) in document.components.schemas))).toEqual([]);
  });
});

test('the example of an environment has every setting and no secret', () => {
  const example = read('.env.example');
  const values = Object.fromEntries(
    [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  expect(values).toMatchObject({ PORT: '3000', JWT_SECRET: '', DATABASE_URL: '', PARLEY_ADMIN_PASSWORD: '' });
  const documented = [...read('docs/generated/config.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name]) => name);
  expect(Object.keys(values).sort()).toEqual(documented.sort());
});

test('socket commands and events are documented with examples', () => {
  const events = read('docs/generated/events.md');
  for (const heading of [
    '### `messages.send`',
    '### `sync`',
    '### `message.created`',
    '### `server.draining`',
    '### Message',
  ]) {
    expect(events).toContain(heading);
  }
  expect(events).toContain('REST: `POST /v1/conversations/:conversationId/messages`');
});
