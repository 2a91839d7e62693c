import type pg from 'pg';

/** How much log a crash may leave to replay: about a second of it. */
const maxLogBytes = 64 * 2 ** 20;

/**
 * A table that a server's autovacuum would take next, by its defaults: many dead rows, many changed rows since the
 * planner last looked, or transaction numbers that grow old.
 */
const neediest = `
  select format('%I.%I', s.schemaname, s.relname) as name,
    s.n_dead_tup > 50 + 0.2 * s.n_live_tup or age(c.relfrozenxid) > 200000000 as vacuum
  from pg_stat_all_tables s join pg_class c on c.oid = s.relid
  where s.schemaname <> 'pg_toast' and (
    s.n_dead_tup > 50 + 0.2 * s.n_live_tup
    or s.n_mod_since_analyze > 50 + 0.1 * s.n_live_tup
    or age(c.relfrozenxid) > 200000000
  )
  order by age(c.relfrozenxid) > 200000000 desc, s.n_dead_tup + s.n_mod_since_analyze desc
  limit 1`;

/**
 * Does what a PostgreSQL server's background processes do; the embedded one has none. Without checkpoints the log would
 * grow until the server stops, and all of it be replayed after a crash. Without vacuum, tables that are updated in place
 * would grow, and the planner know nothing.
 *
 * Concurrency: each step takes the one connection for as long as it lasts, so one run takes at most a checkpoint and one
 * table.
 */
export class Maintenance {
  readonly #pool: pg.Pool;
  readonly #everySeconds: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(pool: pg.Pool, everySeconds: number) {
    this.#pool = pool;
    this.#everySeconds = everySeconds;
  }

  start(): void {
    this.#timer = setInterval(() => {
      // What goes wrong here shows in the next statement of a client, or is tried again.
      this.#running ??= this.#run()
        .catch(() => {})
        .finally(() => {
          this.#running = undefined;
        });
    }, this.#everySeconds * 1_000);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { rows: logs } = await this.#pool.query<{ bytes: string }>(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) as bytes from pg_control_checkpoint()',
    );
    if (Number(logs[0]?.bytes) > maxLogBytes) await this.#pool.query('checkpoint');
    const { rows: tables } = await this.#pool.query<{ name: string; vacuum: boolean }>(neediest);
    for (const { name, vacuum } of tables) await this.#pool.query(`${vacuum ? 'vacuum (analyze)' : 'analyze'} ${name}`);
  }
}
