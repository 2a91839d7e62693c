import { flushCompileCache } from 'node:module';
import { inspect } from 'node:util';
import { operatorMessage } from './app/tasks/task.ts';
import { environment, loadConfig } from './config/index.ts';

function fail(error: unknown): never {
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const text = inUse ? 'The port is in use. Set PORT to another, or to 0 for a free one.' : operatorMessage(error);
  process.stderr.write(`${text ?? inspect(error)}\n`);
  process.exit(1);
}

try {
  const config = loadConfig(environment);
  // Only now: loading the rest takes a second, which a wrong setting need not cost.
  const { startApp } = await import('./app.ts');
  const app = await startApp({
    config,
    print: (line) => process.stdout.write(`${line}\n`),
    onFatal: fail,
  });
  flushCompileCache(); // the process may be killed and never come to its end
  app.logger.info({ port: app.port }, `Parley listens at ${app.url} (API at ${app.url}/docs)`);

  const stop = (signal: NodeJS.Signals): void => {
    app.logger.info({ signal }, 'stopping');
    app.close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
} catch (error) {
  fail(error);
}
