import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onEnd } from './cleanup.ts';
import { commandOn, loadCore } from './cores.ts';
import type { UploadsRequest, UploadsResult } from './upload-process.ts';

/** Uploads, from a process of its own, until they are stopped. */
export function startUploads(asked: UploadsRequest): { stop(): Promise<UploadsResult> } {
  const script = fileURLToPath(new URL('./upload-process.ts', import.meta.url));
  const [command, args] = commandOn(loadCore, process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const end = onEnd(() => {
    child.kill('SIGKILL');
  });
  child.send(asked);
  const over = Promise.race([once(child, 'message'), once(child, 'exit').then(() => [null])]);
  return {
    async stop() {
      child.send('stop', () => {});
      const [result] = (await over) as [UploadsResult | null];
      await end();
      if (!result) throw new Error('The process that uploads has ended.');
      if (result.failure !== null) throw new Error(result.failure);
      return result;
    },
  };
}
