/** What the benchmark and its load generator, a process of its own, say to each other. */

/** One connection and what it sends to. */
export interface LoadClient {
  readonly token: string;
  readonly conversationId: string;
}

/** How the load generator speaks: to the native door, to a dialect of it, or to a plain Socket.IO server. */
export type Wire = 'parley' | 'chatapp' | 'convospace' | 'plain';

export interface ConnectRequest {
  readonly url: string;
  readonly wire: Wire;
  readonly clients: readonly LoadClient[];
  /** Connections that are opened at the same time. */
  readonly concurrency: number;
}

export interface SaturateRequest {
  /** Messages in flight for each sender. */
  readonly inFlight: number;
  /** Milliseconds between two delivered marks of one recipient at least; null: no marks. */
  readonly markEvery: number | null;
  readonly via: 'socket' | 'rest';
  /** Only so many of the connections send; all if not given. */
  readonly senders?: number;
  /** Connections that get each message; 1 if not given. */
  readonly recipients?: number;
  /** Milliseconds that a sender waits after an acknowledgement; 0 if not given. */
  readonly pause?: number;
}

export interface OpenLoopRequest {
  readonly perSecond: number;
  readonly seconds: number;
  readonly markEvery: number | null;
}

export interface StormClient {
  readonly token: string;
  readonly known: readonly { id: string; seq: number; rev: number; mine: number; version: number }[];
}

export interface StormRequest {
  readonly url: string;
  readonly clients: readonly StormClient[];
  readonly seconds: number;
}

export interface StormResult {
  readonly synced: number;
  readonly failed: number;
  /** Of the first failure. */
  readonly failure: string | null;
  /** From the first connection attempt to the last client synced. */
  readonly seconds: number;
  /** Messages that the clients got while they synced. */
  readonly messages: number;
  /** Of one client, from its attempt until it is synced. */
  readonly each: Distribution;
}

export interface Counts {
  readonly sent: number;
  readonly acked: number;
  readonly delivered: number;
  readonly marked: number;
  /** Deliveries with a smaller number than the one before of that sender. */
  readonly outOfOrder: number;
  readonly failed: number;
  /** Milliseconds on the generator's clock. */
  readonly at: number;
}

export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface OpenLoopResult {
  /** From when a message was due until its recipient has it. */
  readonly delivery: Distribution;
  /** From when a message was due until its sender has the answer. */
  readonly ack: Distribution;
  /** How late the generator itself was. */
  readonly late: Distribution;
  readonly lost: number;
}

/** The commands of the load generator, with what they take and give. */
export interface LoadCommands {
  connect(request: ConnectRequest): Promise<null>;
  saturate(request: SaturateRequest): Promise<null>;
  /** Sends no more and waits until all is answered and delivered. */
  stop(): Promise<Counts>;
  counts(): Promise<Counts>;
  openLoop(request: OpenLoopRequest): Promise<OpenLoopResult>;
  storm(request: StormRequest): Promise<StormResult>;
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN };
}
