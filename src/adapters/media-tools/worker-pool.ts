import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UnreadableMedia } from '../../engine/ports/media-tools.ts';
import type { Answer, Results, Task } from './protocol.ts';

export interface WorkerPoolOptions {
  /** Most processes, each of which looks at one file at a time. */
  readonly size: number;
  /** How long one may look at a file, in milliseconds. */
  readonly timeLimit: number;
  /** How much memory one may take, in bytes. */
  readonly memoryLimit: number;
  /** After how long without work one ends, in milliseconds. */
  readonly idleLimit: number;
}

interface Job {
  readonly task: Task;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  /** How many processes have died over it. */
  deaths: number;
}

interface Worker {
  readonly child: ChildProcess;
  ready: boolean;
  job: Job | null;
  timer: NodeJS.Timeout | undefined;
}

const entry = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A machine under load may need long to start a process; that is no file's fault. */
const startLimit = 30_000;
/** A crash may have come from outside, such as a machine out of memory; two in a row come from the file. */
const mostDeaths = 2;

/**
 * Processes in which files are read, started when there is work and ended when there was none for a while. As each has one
 * file at a time, one that dies or is ended for the time it takes harms no other file.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #queue: Job[] = [];
  readonly #workers = new Set<Worker>();
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * @throws UnreadableMedia where the file is refused, takes too long or too much, or makes the process die
   * @throws Error where the machine is at fault
   */
  run<K extends Task['kind']>(task: Extract<Task, { kind: K }>): Promise<Results[K]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve: resolve as Job['resolve'], reject, deaths: 0 });
      this.#next();
    });
  }

  /** Process ids of those that run. */
  get processIds(): number[] {
    return [...this.#workers].flatMap(({ child }) => child.pid ?? []);
  }

  /** Ends all, also what is being looked at. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = [...this.#workers];
    this.#next();
    await Promise.all(
      left.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
        const exited = once(child, 'exit');
        child.ref();
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }

  #next(): void {
    if (this.#closed) {
      for (const job of this.#queue.splice(0)) job.reject(new Error('Files are not looked into any more.'));
      return;
    }
    while (this.#queue.length > 0) {
      let worker = [...this.#workers].find(({ job }) => job === null);
      if (!worker) {
        if (this.#workers.size >= this.#options.size) return;
        worker = this.#start();
      }
      this.#give(worker, this.#queue.shift() as Job);
    }
  }

  #start(): Worker {
    const { memoryLimit } = this.#options;
    const child = fork(entry, [String(memoryLimit)], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=256'],
      // Nothing that strangers' files may reach knows the secrets of the server.
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const worker: Worker = { child, ready: false, job: null, timer: undefined };
    this.#workers.add(worker);
    child.on('message', (message: Answer) => this.#hear(worker, message));
    child.once('exit', () => this.#lose(worker));
    child.once('error', (error) => this.#lose(worker, error));
    return worker;
  }

  #give(worker: Worker, job: Job): void {
    worker.job = job;
    clearTimeout(worker.timer);
    worker.child.ref();
    worker.child.channel?.ref();
    this.#await(worker);
    // One that has died meanwhile is noticed by its exit.
    worker.child.send(job.task, () => {});
  }

  /** The time for a file begins when its process is ready. */
  #await(worker: Worker): void {
    worker.timer = setTimeout(
      () => {
        const error = new UnreadableMedia('too_long', 'The file takes longer than it may to be looked into.');
        if (worker.ready) this.#end(worker, error);
        else this.#end(worker, new Error('The process that looks into files does not start.'));
      },
      worker.ready ? this.#options.timeLimit : startLimit,
    );
  }

  #hear(worker: Worker, message: Answer): void {
    if (message.kind === 'ready') {
      worker.ready = true;
      clearTimeout(worker.timer);
      if (worker.job) this.#await(worker);
      return;
    }
    const { job } = worker;
    if (!job) return;
    this.#rest(worker);
    if (message.kind === 'done') job.resolve(message.result as never);
    else if (message.kind === 'failed') job.reject(new Error(message.message));
    else job.reject(new UnreadableMedia(message.reason, message.message));
    // What it holds after its work it would hold for ever.
    if (message.rss > this.#options.memoryLimit / 2) this.#end(worker);
    this.#next();
  }

  #rest(worker: Worker): void {
    worker.job = null;
    clearTimeout(worker.timer);
    worker.timer = setTimeout(() => this.#end(worker), this.#options.idleLimit).unref();
    // One without work keeps nobody from ending.
    worker.child.unref();
    worker.child.channel?.unref();
  }

  #end(worker: Worker, error?: Error): void {
    const { job } = worker;
    worker.job = null;
    clearTimeout(worker.timer);
    this.#workers.delete(worker);
    worker.child.kill('SIGKILL');
    if (error) job?.reject(error);
    this.#next();
  }

  #lose(worker: Worker, error?: Error): void {
    clearTimeout(worker.timer);
    this.#workers.delete(worker);
    const { job } = worker;
    worker.job = null;
    if (job) {
      job.deaths += 1;
      if (!worker.ready) job.reject(error ?? new Error('The process that looks into files cannot be started.'));
      else if (this.#closed || job.deaths < mostDeaths) this.#queue.unshift(job);
      else job.reject(new UnreadableMedia('damaged', 'The process that looked into the file died over it.'));
    }
    this.#next();
  }
}
