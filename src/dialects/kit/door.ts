import type { FastifyInstance } from 'fastify';
import type { Namespace } from 'socket.io';
import type { Engine } from '../../engine/engine.ts';
import type { Database } from '../../engine/ports/database.ts';
import type { Clock } from '../../engine/shared/clock.ts';
import type { FanOut } from '../../transport/fan-out.ts';
import type { LiveSessions } from '../../transport/live-sessions.ts';
import type { Logger } from '../../transport/logger.ts';
import type { OriginOf, SiteOf } from '../../transport/origin.ts';
import type { UploadGate } from '../../transport/upload-gate.ts';
import type { FileNames } from './file-names.ts';

/** What dialects share: the engine, and the hosts that carry them. */
export interface DoorDeps {
  readonly engine: Engine;
  /** For what only a dialect keeps: how its clients call things. All else is the engine's. */
  readonly database: Database;
  readonly clock: Clock;
  readonly fanOut: FanOut;
  readonly sessions: LiveSessions;
  readonly originOf: OriginOf;
  readonly siteOf: SiteOf;
  readonly logger: Logger;
  readonly fileNames: FileNames;
  readonly rateLimitFactor: number;
  readonly uploads: UploadGate;
  /** Origin under which clients reach the server; null for that of each request. */
  readonly publicUrl: string | null;
  readonly production: boolean;
  /** The server is stopping: it finishes what it has begun and takes nothing new. */
  readonly draining: () => boolean;
}

/**
 * A door that speaks another backend's language: the name is its path below `/` and its Socket.IO namespace. `PARLEY_ROOT`
 * may name one that is served at `/` as well.
 */
export interface Dialect {
  readonly name: string;
  /** Origins of web pages that may use it, beside those of the installation. */
  readonly origins?: readonly string[];
  /** Registers routes in a scope of the dialect's own; errors of the scope are answered there. */
  mountRoutes(scope: FastifyInstance): Promise<void>;
  /** Serves a namespace: `/<name>`, or `/` at the root. */
  serveSockets(namespace: Namespace): void;
  /** The body of an error of a request that never came to a route. */
  errorBody(error: unknown): { readonly status: number; readonly body: object };
  /** Ends what has lasted for too long, such as typing. Runs every second. */
  tick(): void;
  /** The server stops, and its connections are cut. */
  stop(): void;
}
