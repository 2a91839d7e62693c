import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onEnd } from './cleanup.ts';
import { commandOn, loadCore } from './cores.ts';
import { cpuOf } from './cpu.ts';
import type { LoadCommands } from './load-protocol.ts';

export interface LoadGenerator extends LoadCommands {
  /** CPU time of the generator so far, in milliseconds. */
  cpu(): number;
  end(): Promise<void>;
}

/** Starts a load generator as a process of its own, on its own core. */
export function startLoad(): LoadGenerator {
  const script = fileURLToPath(new URL('./load-process.ts', import.meta.url));
  const [command, args] = commandOn(loadCore, process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const end = onEnd(() => {
    child.kill('SIGKILL');
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on('message', ({ id, result, error }: { id: number; result: never; error?: string }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`Load generator: ${error}`));
  });
  child.on('exit', () => {
    for (const call of waiting.values()) call.reject(new Error('The load generator has ended.'));
  });

  function call<Name extends keyof LoadCommands>(name: Name): LoadCommands[Name] {
    return ((input: unknown) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        child.send({ id: lastId, name, input }, (error) => error && reject(error));
      })) as LoadCommands[Name];
  }

  return {
    connect: call('connect'),
    saturate: call('saturate'),
    stop: call('stop'),
    counts: call('counts'),
    openLoop: call('openLoop'),
    storm: call('storm'),
    cpu: () => cpuOf(child.pid as number) ?? 0,
    end,
  };
}
