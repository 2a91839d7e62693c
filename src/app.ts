import type { AddressInfo } from 'node:net';
import { describeRoutes, openNativeDoor } from './api/index.ts';
import { openAdapters, openDatabase } from './app/adapters.ts';
import { adminSocketSupported, openAdminSocket } from './app/admin-socket.ts';
import { developmentSecret } from './app/secrets.ts';
import { version } from './app/version.ts';
import type { Config } from './config/index.ts';
import { type Auth, createAuth, deriveKeys } from './engine/auth/index.ts';
import { createConversations } from './engine/conversations/index.ts';
import { createInbox } from './engine/inbox/index.ts';
import { createMessages } from './engine/messages/index.ts';
import { createPeople } from './engine/people/index.ts';
import type { Database } from './engine/ports/database.ts';
import { createPresence } from './engine/presence/index.ts';
import { type Clock, hour, systemClock } from './engine/shared/clock.ts';
import { type EngineEvent, publishOn, topics } from './engine/shared/events.ts';
import { FanOut } from './transport/fan-out.ts';
import { createHttpHost } from './transport/http-host.ts';
import { LiveSessions } from './transport/live-sessions.ts';
import { createLogger, type Logger } from './transport/logger.ts';
import { createMetrics } from './transport/metrics.ts';
import { mountOperationsRoutes } from './transport/operations-routes.ts';
import { createOriginOf } from './transport/origin.ts';
import { handshakeRate, RequestLimits } from './transport/request-limits.ts';
import { createSocketHost } from './transport/socket-host.ts';

export interface AppOptions {
  readonly config: Config;
  /** The machine's clock if not given. */
  readonly clock?: Clock;
  /** Takes the lines of the console SMS adapter. */
  readonly print: (line: string) => void;
  /** The server cannot go on. */
  readonly onFatal: (error: Error) => void;
  readonly logger?: Logger;
}

/** A running server. */
export interface App {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly port: number;
  readonly logger: Logger;
  readonly database: Database;
  readonly auth: Auth;
  /** Stops: no new requests, clients are told, commits are finished, everything is closed. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Builds the whole server and starts it. The one place that sees everything.
 *
 * @throws ConfigError, DirectoryInUse, DatabaseTooNew, and what listening refuses
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, print, onFatal, clock = systemClock } = options;
  const logger = options.logger ?? createLogger({ level: config.logLevel, directory: config.logDirectory });
  const metrics = createMetrics();
  const secret = config.secret ?? developmentSecret(config.dataDirectory);

  const { bus, presence: registry, limiter, sms } = await openAdapters(config, logger, print);
  const publishToBus = publishOn(bus);
  const publish = (event: EngineEvent): void => {
    metrics.countEvent(event.type);
    publishToBus(event);
  };
  const database = await openDatabase(config, publish, onFatal);

  const auth = createAuth({ database, clock, limiter, sms, keys: deriveKeys(secret) });
  const people = createPeople({ database, clock });
  const conversations = createConversations({ database, clock, publish });
  const messages = createMessages({ database, clock, publish });
  const inbox = createInbox({ database });
  const presence = createPresence({ database, clock, registry, publish });
  if (config.admin) await auth.ensureAdmin(config.admin.email, config.admin.password);

  const host = await createHttpHost({ ...config, logger, clock });
  await describeRoutes(host, { version, publicUrl: config.publicUrl });
  const originOf = createOriginOf(config.trustedProxies);
  const handshakes = new RequestLimits(config.rateLimitFactor, clock, handshakeRate);
  const io = createSocketHost(host.server, {
    origins: config.origins,
    admit: (handshake) => handshakes.consume(originOf(handshake, 'socket').ip),
  });
  const sessions = new LiveSessions();
  await bus.subscribe(topics.nodes, (payload) => {
    const event = payload as EngineEvent;
    if (event.type === 'session.revoked') auth.authenticator.forget(event.data.sessionIds);
  });
  await sessions.listen(bus);
  bus.onGap(() => {
    // What was published in the meantime is lost to this node: forget what it might have changed, and let clients sync.
    auth.authenticator.forget();
    sessions.cutAll();
  });

  let draining = false;
  const checks = { storage: () => database.ping(), bus: () => bus.ping() };
  mountOperationsRoutes(host, { metrics, metricsAccess: config.metrics, checks, draining: () => draining, version });
  metrics.trackConnections(() => sessions.count);
  const fanOut = new FanOut(bus);
  const limits = new RequestLimits(config.rateLimitFactor, clock);
  await openNativeDoor(
    host,
    io,
    { auth, people, conversations, messages, inbox, presence },
    {
      auth,
      presence,
      clock,
      fanOut,
      sessions,
      originOf,
      limits,
      logger,
      rateLimitFactor: config.rateLimitFactor,
      draining: () => draining,
    },
  );

  await host.listen({ port: config.port, host: config.host });
  const { port } = host.server.address() as AddressInfo;
  const closeAdminSocket =
    config.databaseUrl === null && adminSocketSupported
      ? await openAdminSocket({ dataDirectory: config.dataDirectory, context: { database, auth }, logger })
      : async () => {};
  const sweeping = setInterval(() => {
    auth.sweep().catch((error: unknown) => logger.warn({ err: error }, 'sweep failed'));
  }, hour);
  sweeping.unref();

  async function stop(): Promise<void> {
    draining = true;
    clearInterval(sweeping);
    const deadline = Date.now() + config.drainSeconds * 1_000;
    // Nothing new is accepted from here on, and clients know. What was begun is finished and answered before they are cut.
    const closed = host.close();
    const commandsEnded = closeAdminSocket();
    sessions.announceDrain();
    await until(deadline, Promise.all([messages.idle(), conversations.idle()]));
    await new Promise(setImmediate); // the answers are written at the end of this turn
    sessions.cutAll();
    io.disconnectSockets(true);
    io.engine.close();
    await until(deadline, Promise.all([closed, commandsEnded]));
    await until(deadline, Promise.all([presence.idle(), auth.authenticator.idle()]));
    await until(deadline, database.close());
    await Promise.all([bus.close(), registry.close(), limiter.close()]);
  }
  let stopping: Promise<void> | undefined;
  const shown = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`,
    port,
    logger,
    database,
    auth,
    close: () => (stopping ??= stop()),
  };
}

/** Waits, but only until a time in milliseconds, and for a second at least. */
async function until(deadline: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(1_000, deadline - Date.now()));
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
