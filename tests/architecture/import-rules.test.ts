import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const planted = fileURLToPath(new URL('planted/', import.meta.url));
const configFile = `${root}.dependency-cruiser.cjs`;
const tool = `${root}node_modules/dependency-cruiser/bin/dependency-cruiser.mjs`;

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

async function cruise(directory: string, folders: readonly string[]) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [tool, ...folders, '--config', configFile, '--output-type', 'json'],
    { cwd: directory, maxBuffer: 256 * 1024 * 1024 },
  );
  const { modules, summary } = JSON.parse(stdout) as Cruise;
  return {
    own: modules.map(({ source }) => source).filter((source) => /^(src|sdk)\//.test(source)),
    violations: summary.violations
      .map(
        ({ rule, from, to }) =>
          `${rule.name}: ${from} -> ${to.replace(/^.*node_modules\/((@[^/]+\/)?[^/]+).*$/, '$1')}`,
      )
      .sort(),
  };
}

describe('the import rule', () => {
  it('holds in the server and the client', async () => {
    const { own, violations } = await cruise(root, ['src', 'sdk']);
    expect(violations).toEqual([]);
    // The tool exits with success when it cannot read TypeScript and sees no modules.
    expect(own.length).toBeGreaterThan(20);
  });

  it('is enforced: each planted violation is found, and nothing else is', async () => {
    const { violations } = await cruise(planted, ['src', 'sdk', 'tests']);
    expect(violations).toEqual(expected);
  });

  it('has no rule without a planted violation', () => {
    const config = createRequire(import.meta.url)(configFile) as { forbidden: { name: string; severity: string }[] };
    const found = new Set(expected.map((line) => line.slice(0, line.indexOf(':'))));
    expect(config.forbidden.map((rule) => rule.name).filter((name) => !found.has(name))).toEqual([]);
    expect(config.forbidden.every((rule) => rule.severity === 'error')).toBe(true);
  });
});

const expected = [
  'adapter-knows-only-its-port: src/adapters/bus/imports-config.ts -> src/config/index.ts',
  'adapter-knows-only-its-port: src/adapters/bus/imports-feature.ts -> src/engine/messages/index.ts',
  'adapter-knows-only-its-port: src/adapters/sms/imports-bus.ts -> src/adapters/bus/memory.ts',
  'adapter-list-knows-only-adapters: src/adapters/list.ts -> src/config/index.ts',
  'api-knows-no-dialect: src/api/messages/imports-dialect.ts -> src/dialects/a/index.ts',
  'app-is-the-top: src/transport/imports-app.ts -> src/app.ts',
  'cli-stays-off-the-doors: src/cli/imports-main.ts -> src/main.ts',
  'cli-stays-off-the-doors: src/cli/imports-transport.ts -> src/transport/http.ts',
  'config-knows-no-other-part: src/config/imports-adapter.ts -> src/adapters/bus/memory.ts',
  'config-takes-only-types: src/config/imports-code.ts -> src/engine/shared/ids.ts',
  'dialect-knows-no-other-door: src/dialects/b/imports-a.ts -> src/dialects/a/index.ts',
  'dialect-knows-no-other-door: src/dialects/b/imports-api.ts -> src/api/messages/routes.ts',
  'dialect-knows-no-other-door: src/dialects/kit/imports-a.ts -> src/dialects/a/index.ts',
  'dialect-list-knows-only-dialects: src/dialects/list.ts -> src/dialects/b/wire.ts',
  'docs-describe-the-doors: src/cli/docs/imports-transport.ts -> src/transport/http.ts',
  'door-has-no-storage: src/api/messages/imports-kysely.ts -> kysely',
  'door-has-no-storage: src/transport/imports-pg.ts -> pg',
  'door-knows-only-transport-and-engine: src/api/messages/imports-config.ts -> src/config/index.ts',
  'door-through-engine-faces: src/api/messages/imports-port.ts -> src/engine/ports/bus.ts',
  'door-through-engine-faces: src/api/messages/imports-store.ts -> src/engine/messages/store.ts',
  'engine-foundation: src/engine/shared/imports-feature.ts -> src/engine/people/index.ts',
  'engine-has-no-network: src/engine/messages/imports-http.ts -> http',
  'engine-has-no-vendor: src/engine/messages/imports-drivers.ts -> @electric-sql/pglite',
  'engine-has-no-vendor: src/engine/messages/imports-drivers.ts -> ioredis',
  'engine-has-no-vendor: src/engine/messages/imports-drivers.ts -> pg',
  'engine-has-no-vendor: src/engine/messages/imports-drivers.ts -> socket.io',
  'engine-has-no-vendor: src/engine/messages/imports-fastify.ts -> fastify',
  'engine-knows-no-other-part: src/engine/messages/imports-transport.ts -> src/transport/http.ts',
  'engine-list-through-faces: src/engine/features.ts -> src/engine/messages/store.ts',
  'feature-through-its-face: src/engine/people/imports-store-type.ts -> src/engine/messages/store.ts',
  'feature-through-its-face: src/engine/people/imports-store.ts -> src/engine/messages/store.ts',
  'main-imports-app: src/main.ts -> src/transport/http.ts',
  'no-cycles: src/engine/calls/one.ts -> src/engine/calls/two.ts',
  'nothing-imports-cli: src/transport/imports-cli.ts -> src/cli/imports-transport.ts',
  'nothing-imports-main: src/cli/imports-main.ts -> src/main.ts',
  'resolvable: src/engine/calls/missing.ts -> ./does-not-exist.ts',
  'sdk-stands-alone: sdk/src/imports-server.ts -> src/transport/http.ts',
  'server-stands-alone: src/transport/imports-sdk.ts -> sdk/src/index.ts',
  'server-uses-declared-packages: src/transport/imports-test-library.ts -> fast-check',
  'transport-knows-only-the-engine: src/transport/imports-adapter.ts -> src/adapters/bus/memory.ts',
  'transport-knows-only-the-engine: src/transport/imports-app.ts -> src/app.ts',
  'transport-knows-only-the-engine: src/transport/imports-cli.ts -> src/cli/imports-transport.ts',
  'transport-knows-only-the-engine: src/transport/imports-store.ts -> src/engine/messages/store.ts',
  'wire-does-no-io: src/dialects/b/wire.ts -> fs',
  'wire-does-no-io: src/dialects/b/wire/messages.ts -> src/transport/http.ts',
].sort();
