import { configDefaults, defineConfig } from 'vitest/config';

const suites = ['tests/**/*.test.ts'];
const storageFree = ['tests/architecture/**/*.test.ts', 'tests/unit/**/*.test.ts', 'tests/contracts/**/*.test.ts'];
/** What only one storage can show, or what has nothing to do with it, has its name in the file's: races.postgres.test.ts. */
const onlyOn = (name: string) => [`tests/**/*.${name}.test.ts`, `tests/storage/${name}.test.ts`];
const exclude = [...configDefaults.exclude, 'tests/architecture/planted/**'];
// Named by each project, not above them: there it would run once, for none of the projects.
const globalSetup = './tests/harness/global-setup.ts';

const onStorage = (name: 'embedded' | 'postgres') => ({
  extends: true as const,
  test: {
    name,
    include: suites,
    exclude: [...exclude, ...storageFree, ...onlyOn(name === 'embedded' ? 'postgres' : 'embedded')],
    globalSetup,
    runner: './tests/harness/storage-runner.ts',
  },
});

export default defineConfig({
  test: {
    // Two processes that run file after file: importing the application takes longer than many a file's tests. What a file
    // starts, it closes: there is no process to end with it.
    pool: 'forks',
    isolate: false,
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
