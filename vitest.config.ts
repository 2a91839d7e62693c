import { configDefaults, defineConfig } from 'vitest/config';

const suites = ['tests/**/*.test.ts', 'sdk/tests/**/*.test.ts'];
const storageFree = ['tests/architecture/**/*.test.ts', 'tests/unit/**/*.test.ts', 'tests/contracts/**/*.test.ts'];
const exclude = [...configDefaults.exclude, 'tests/architecture/planted/**'];
// Named by each project, not above them: there it would run once, for none of the projects.
const globalSetup = './tests/harness/global-setup.ts';

const onStorage = (name: 'embedded' | 'postgres') => ({
  extends: true as const,
  test: {
    name,
    include: suites,
    exclude: [...exclude, ...storageFree],
    globalSetup,
    runner: './tests/harness/storage-runner.ts',
  },
});

export default defineConfig({
  test: {
    // A process for each file: the embedded database takes some 350 MB and a thread, and both must be gone afterwards.
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'static', include: storageFree, exclude, globalSetup } },
      onStorage('embedded'),
      onStorage('postgres'),
    ],
  },
});
