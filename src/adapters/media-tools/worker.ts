import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { UnreadableMedia } from '../../engine/ports/media-tools.ts';
import type { Answer, Results, Task } from './protocol.ts';

// The process in which strangers' files are read. It is started by WorkerPool, with its memory limit in bytes.

const memoryLimit = Number(process.argv[2]);
const lookEvery = 25;

const end = (): void => {
  // exit() would wait for what libvips is at.
  process.kill(process.pid, 'SIGKILL');
};

const answer = (message: Answer, sent?: () => void): void => {
  process.send?.(message, undefined, undefined, () => sent?.());
};

async function perform(task: Task): Promise<Results[Task['kind']]> {
  if (task.kind === 'detect') return (await import('./detect-type.ts')).detectType(task.path);
  return (await import('./inspect-picture.ts')).inspectPicture(task);
}

async function take(task: Task): Promise<void> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() < memoryLimit) return;
    clearInterval(watch);
    const message = 'The picture needs more memory than one may take.';
    answer({ kind: 'refused', reason: 'too_many_pixels', message, rss: memoryLimit }, end);
  }, lookEvery);
  const reply = await perform(task).then(
    (result): Answer => ({ kind: 'done', result, rss: process.memoryUsage.rss() }),
    (error: unknown): Answer => {
      const { message } = error as Error;
      const rss = process.memoryUsage.rss();
      if (error instanceof UnreadableMedia) return { kind: 'refused', reason: error.reason, message, rss };
      return { kind: 'failed', message, rss };
    },
  );
  clearInterval(watch);
  answer(reply);
}

try {
  // Where memory runs out, Linux ends this process and not the server.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {}
// Messages are more urgent than files.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
// Meant for the server, which finishes what it is at.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.on('disconnect', end);
process.on('message', (task: Task) => void take(task));
answer({ kind: 'ready' });
