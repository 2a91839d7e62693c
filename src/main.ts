import { startApp } from './app.ts';
import { ConfigError, environment, loadConfig } from './config/index.ts';

/** Errors whose message is all that an operator needs; a stack would only hide it. */
const plain = new Set(['ConfigError', 'DirectoryInUse', 'DatabaseTooNew']);

function fail(error: unknown): never {
  const known = error instanceof ConfigError || (error instanceof Error && plain.has(error.name));
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  if (inUse) console.error('The port is in use. Set PORT to another, or to 0 for a free one.');
  else console.error(known ? error.message : error);
  process.exit(1);
}

try {
  const config = loadConfig(environment);
  const app = await startApp({
    config,
    print: (line) => console.log(line),
    onFatal: fail,
  });
  app.logger.info({ port: app.port }, `Parley listens at ${app.url} (API at ${app.url}/docs)`);

  const stop = (signal: NodeJS.Signals): void => {
    app.logger.info({ signal }, 'stopping');
    app.close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
} catch (error) {
  fail(error);
}
