import pino from 'pino';
import { inject } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config/index.ts';
import type { Clock } from '../../src/engine/shared/clock.ts';
import { createDatabase } from './database.ts';
import { copyTemplate, temporaryDirectory } from './embedded-template.ts';
import './provided.ts';

/** The machine's clock, which a test can put forward and stop. */
export class TestClock implements Clock {
  #offset = 0;
  #stoppedAt: number | null = null;

  now(): number {
    return (this.#stoppedAt ?? Date.now()) + this.#offset;
  }

  /** From now on it only goes when it is put forward, so that what a rate allows does not depend on the machine's speed. */
  stop(): void {
    this.#stoppedAt ??= Date.now();
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

/** A server of one test file, on the storage of the project, at a free port. */
export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly config: Config;
  readonly clock: TestClock;
  /** Lines of the console SMS adapter. */
  readonly printed: readonly string[];
  /** What the server logged, one parsed entry a line. */
  readonly logged: readonly Record<string, unknown>[];
  /** Stops the server and starts another on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @param environment variables over the defaults of tests: a free port, no limits, no link previews; a
 *   `DATABASE_URL` of the test's own is used, and left to the test
 * @param dataDirectory a temporary one if not given
 */
export async function startTestApp(environment: Record<string, string> = {}, dataDirectory?: string): Promise<TestApp> {
  const directory = dataDirectory === undefined ? temporaryDirectory() : { path: dataDirectory, remove: () => {} };
  const ownDatabase = inject('storage') === 'postgres' && !environment.DATABASE_URL;
  const database = ownDatabase ? await createDatabase(inject('postgresTemplate')) : null;
  if (inject('storage') === 'embedded') copyTemplate(inject('embeddedTemplate'), directory.path);
  const config = loadConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    PARLEY_DATA_DIR: directory.path,
    PARLEY_RATE_LIMIT_FACTOR: '0',
    PARLEY_LINK_PREVIEWS: 'false', // no test asks the internet
    ...(database && { DATABASE_URL: database.url }),
    ...environment,
  });
  const clock = new TestClock();
  const printed: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const start = (): Promise<App> =>
    startApp({
      config,
      clock,
      logger,
      print: (line) => printed.push(line),
      onFatal: (error) => {
        throw error;
      },
    });
  let app = await start();
  return {
    get app() {
      return app;
    },
    get url() {
      return app.url;
    },
    config,
    clock,
    printed,
    logged,
    async restart() {
      await app.close();
      app = await start();
    },
    async close() {
      await app.close();
      await database?.drop();
      directory.remove();
    },
  };
}
