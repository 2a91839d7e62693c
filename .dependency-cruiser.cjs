// The import rule of ARCHITECTURE.md. tests/architecture/import-rules.test.ts plants a violation of each rule here and
// fails when one is no longer found, so a rule added here needs a plant there.

const app = '^src/app(\\.ts$|/)';
const main = '^src/main\\.ts$';
const shared = '^src/engine/shared/';
const ports = '^src/engine/ports/';
// A feature's index.ts, and files such as the list of features that lie in src/engine itself.
const engineFaces = ['^src/engine/[^/]+/index\\.ts$', '^src/engine/[^/]+\\.ts$'];

// How clients of a dialect call things is the dialect's own to keep, in tables of its own.
const numbersOfDialects = [
  '^src/dialects/[^/]+/numbers/',
  '^src/dialects/migrations\\.ts$',
  '^src/dialects/kit/door\\.ts$',
];

const npm = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

// Libraries that compute and do no input or output of their own.
const engineLibraries = [
  'kysely',
  'uuid',
  'libphonenumber-js',
  '@node-rs/argon2',
  'htmlparser2',
  'jose',
  'lru-cache',
  'p-limit',
  'rate-limiter-flexible',
  'typebox',
  'sharp',
  'file-type',
  'node', // @types/node
];
const storageLibraries = ['kysely', 'kysely-[^/]+', 'pg', 'pg-[^/]+', '@electric-sql/[^/]+', 'ioredis'];
const networkOfNode = '^(node:)?(http|https|http2|net|tls|dgram|dns|cluster|child_process)(/|$)';
const inputAndOutputOfNode =
  '^(node:)?(http|https|http2|net|tls|dgram|dns|cluster|child_process|fs|worker_threads)(/|$)';

const error = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    error('no-cycles', 'Modules, types included, form no cycle.', {}, { circular: true }),
    error('resolvable', 'An import that cannot be resolved escapes every other rule.', {}, { couldNotResolve: true }),

    error(
      'app-is-the-top',
      'Only main.ts and the command line start the application.',
      { path: '^(src|sdk)/', pathNot: [main, app, '^src/cli/'] },
      { path: app },
    ),
    error(
      'nothing-imports-main',
      'main.ts is where the process starts.',
      { pathNot: '^src/start\\.js$' },
      { path: main },
    ),
    error(
      'nothing-imports-cli',
      'Commands are entries, not parts.',
      { path: '^(src|sdk)/', pathNot: '^src/cli/' },
      { path: '^src/cli/' },
    ),
    error(
      'main-imports-app',
      'main.ts reads the configuration and starts the application.',
      { path: main },
      { path: '^src/', pathNot: [app, '^src/config/'] },
    ),
    error(
      'cli-stays-off-the-doors',
      'A command uses app, config, adapters and the faces of the engine.',
      { path: '^src/cli/', pathNot: '^src/cli/docs(\\.ts$|/)' },
      { path: '^src/', pathNot: ['^src/cli/', app, '^src/config/', '^src/adapters/', shared, ports, ...engineFaces] },
    ),
    error(
      'docs-describe-the-doors',
      'What writes the documents reads the schemas of the native door, and otherwise what any command may.',
      { path: '^src/cli/docs(\\.ts$|/)' },
      { path: '^src/', pathNot: ['^src/(cli|api|config|adapters)/', app, shared, ports, ...engineFaces] },
    ),

    error(
      'config-knows-no-other-part',
      'config reads the environment and describes it; of the others it may know types of engine/shared.',
      { path: '^src/config/' },
      { path: '^src/', pathNot: ['^src/config/', shared] },
    ),
    error(
      'config-takes-only-types',
      'config takes types of engine/shared, not code.',
      { path: '^src/config/' },
      { path: shared, dependencyTypesNot: ['type-only'] },
    ),

    error(
      'engine-knows-no-other-part',
      'The engine knows nothing outside itself.',
      { path: '^src/engine/' },
      { path: '^src/', pathNot: '^src/engine/' },
    ),
    error(
      'engine-has-no-vendor',
      'The engine uses libraries that only compute; anything else is a port and an adapter.',
      { path: '^src/engine/' },
      { path: '(^|/)node_modules/', pathNot: npm(engineLibraries) },
    ),
    error(
      'engine-has-no-network',
      'The engine opens no connections and starts no processes.',
      { path: '^src/engine/' },
      { path: networkOfNode, dependencyTypes: ['core'] },
    ),
    error(
      'engine-foundation',
      'engine/shared and engine/ports know no feature.',
      { path: [shared, ports] },
      { path: '^src/engine/', pathNot: [shared, ports] },
    ),
    error(
      'feature-through-its-face',
      "A feature imports another feature's index.ts only.",
      { path: '^src/engine/([^/]+)/', pathNot: [shared, ports] },
      { path: '^src/engine/', pathNot: ['^src/engine/$1/', shared, ports, '^src/engine/[^/]+/index\\.ts$'] },
    ),
    error(
      'engine-list-through-faces',
      "Files in src/engine itself import each feature's index.ts only.",
      { path: '^src/engine/[^/]+\\.ts$' },
      { path: '^src/engine/', pathNot: [shared, ports, ...engineFaces] },
    ),

    error(
      'adapter-knows-only-its-port',
      'An adapter knows engine/ports, engine/shared and the other adapters of its port.',
      { path: '^src/adapters/([^/]+)/' },
      { path: '^src/', pathNot: ['^src/adapters/$1/', ports, shared] },
    ),
    error(
      'adapter-list-knows-only-adapters',
      'Files in src/adapters itself list the adapters.',
      { path: '^src/adapters/[^/]+\\.ts$' },
      { path: '^src/', pathNot: ['^src/adapters/', ports, shared] },
    ),

    error(
      'transport-knows-only-the-engine',
      'transport knows the faces of the engine, its ports and engine/shared.',
      { path: '^src/transport/' },
      { path: '^src/', pathNot: ['^src/transport/', ports, shared, ...engineFaces] },
    ),
    error(
      'door-through-engine-faces',
      "A door uses each feature's index.ts and engine/shared; ports are not for doors, but for the numbers of dialects.",
      { path: '^src/(api|dialects)/', pathNot: numbersOfDialects },
      { path: '^src/engine/', pathNot: [shared, ...engineFaces] },
    ),
    error(
      'door-knows-only-transport-and-engine',
      'A door knows transport and the engine.',
      { path: '^src/(api|dialects)/' },
      { path: '^src/', pathNot: ['^src/(api|dialects|transport|engine)/', app, main, '^src/cli/'] },
    ),
    error(
      'dialect-knows-no-other-door',
      'A dialect knows itself and dialects/kit.',
      { path: '^src/dialects/([^/]+)/' },
      { path: '^src/(dialects|api)/', pathNot: ['^src/dialects/($1|kit)/'] },
    ),
    error(
      'api-knows-no-dialect',
      'The native door knows no dialect.',
      { path: '^src/api/' },
      { path: '^src/dialects/' },
    ),
    error(
      'dialect-list-knows-only-dialects',
      "Files in src/dialects itself import each dialect's index.ts and the kit.",
      { path: '^src/dialects/[^/]+\\.ts$' },
      {
        path: '^src/(dialects|api)/',
        pathNot: ['^src/dialects/[^/]+/(numbers/)?index\\.ts$', '^src/dialects/kit/', '^src/dialects/[^/]+\\.ts$'],
      },
    ),
    error(
      'door-has-no-storage',
      'Doors and transport reach data through the engine.',
      { path: '^src/(api|dialects|transport)/' },
      { path: npm(storageLibraries) },
    ),
    error(
      'wire-does-no-io',
      "A dialect's wire is schemas and codecs: testable without a server.",
      { path: '^src/dialects/[^/]+/wire(\\.ts$|/)' },
      {
        path: [
          '^src/transport/',
          npm(['fastify', '@fastify/(?!type-provider)[^/]+', 'socket\\.io', 'ioredis']),
          inputAndOutputOfNode,
        ],
      },
    ),

    error(
      'sdk-stands-alone',
      'The client is published without the server.',
      { path: '^sdk/' },
      { path: '^(src|tests|bench|web)/' },
    ),
    error(
      'server-stands-alone',
      'The server runs without the client, the web app, the tests and the benchmarks.',
      { path: '^src/' },
      { path: '^(sdk|tests|bench|web)/' },
    ),
    error(
      'server-uses-declared-packages',
      'What the server loads is in dependencies of package.json.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    // TypeScript 7 has no JavaScript API: without swc, zero modules are read and the run is green. swc reports type-only
    // imports as well; tsPreCompilationDeps would do so for TypeScript's own parser and only adds a warning here.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
