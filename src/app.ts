import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describeRoutes, openNativeDoor, unreadableUrl } from './api/index.ts';
import {
  ffmpegVersion,
  openAdapters,
  openBlobs,
  openCodeDelivery,
  openDatabase,
  openMediaTools,
  openScanner,
  openWebPages,
} from './app/adapters.ts';
import { adminSocketSupported, openAdminSocket } from './app/admin-socket.ts';
import { developmentSecret } from './app/secrets.ts';
import { version } from './app/version.ts';
import type { Config } from './config/index.ts';
import { createDialects, type Dialect, FileNames, openDialects } from './dialects/index.ts';
import { createAuditLog } from './engine/audit/index.ts';
import { type Auth, authData, createAuth, deriveKeys, type Erasure } from './engine/auth/index.ts';
import { createContacts } from './engine/contacts/index.ts';
import { conversationData, createConversations } from './engine/conversations/index.ts';
import { createDepartures } from './engine/departures/index.ts';
import { createDevices, deviceData } from './engine/devices/index.ts';
import type { Engine } from './engine/engine.ts';
import { createGroups } from './engine/groups/index.ts';
import { createInbox, ownViewEvent } from './engine/inbox/index.ts';
import { createLinkPreviews } from './engine/link-previews/index.ts';
import { createMedia, type Media, mediaData, Spool } from './engine/media/index.ts';
import { createMessages, messageData } from './engine/messages/index.ts';
import { createModeration, moderationData } from './engine/moderation/index.ts';
import { createMyData } from './engine/my-data/index.ts';
import { createNotifications, notificationData } from './engine/notifications/index.ts';
import { createPeople, eraseRelations, peopleData } from './engine/people/index.ts';
import type { Database } from './engine/ports/database.ts';
import { createPreferences, preferenceData } from './engine/preferences/index.ts';
import { createPresence } from './engine/presence/index.ts';
import { createScheduling, schedulingData } from './engine/scheduling/index.ts';
import { createSearch } from './engine/search/index.ts';
import { type Clock, day, hour, minute, second, systemClock } from './engine/shared/clock.ts';
import { EngineError } from './engine/shared/errors.ts';
import { type EngineEvent, publishOn, topics } from './engine/shared/events.ts';
import { startTicker } from './engine/shared/ticker.ts';
import { FanOut } from './transport/fan-out.ts';
import { createHttpHost } from './transport/http-host.ts';
import { LiveSessions } from './transport/live-sessions.ts';
import { createLogger, type Logger } from './transport/logger.ts';
import { createMetrics } from './transport/metrics.ts';
import { mountOperationsRoutes } from './transport/operations-routes.ts';
import { createOriginOf, createSiteOf } from './transport/origin.ts';
import { handshakeRate, RequestLimits } from './transport/request-limits.ts';
import { createSocketHost } from './transport/socket-host.ts';
import { UploadGate } from './transport/upload-gate.ts';

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
  readonly media: Media;
  /** Removes what has been kept for long enough, as it does each hour by itself. */
  sweep(): Promise<void>;
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

  const keys = deriveKeys(secret);
  const blobs = await openBlobs(config);
  const tools = await openMediaTools(config);
  const scanner = await openScanner(config);
  const spool = new Spool(join(config.dataDirectory, 'uploads'), config.media.reserveBytes);
  await spool.open(clock.now());
  const uploads = new UploadGate();
  const media = createMedia({
    database,
    clock,
    limiter,
    blobs,
    tools,
    spool,
    scanner,
    rules: config.media,
    linkKey: keys.mediaLink,
    inTurn: (work) => uploads.pass(work),
    onTrouble: (error, what) => logger.warn({ err: error }, `${what} failed`),
  });
  const people = createPeople({ database, clock, limiter });
  const contacts = createContacts({ database, clock, limiter });
  const conversations = createConversations({ database, clock, publish, ownViewEvent: ownViewEvent(clock) });
  const { directDays, groupDays } = config.retention;
  const retention = { direct: directDays > 0 ? directDays * day : null, group: groupDays > 0 ? groupDays * day : null };
  const messages = createMessages({
    database,
    clock,
    publish,
    retention,
    windows: config.messageWindows,
    hold: media.hold,
    filesPerMessage: config.media.perMessage,
  });
  const groups = createGroups({ database, clock, limit: config.groupLimit });
  const inbox = createInbox({ database, clock });
  const search = createSearch({ database, clock });
  const scheduling = createScheduling({ database, clock, messages });
  const myData = createMyData({
    database,
    clock,
    limiter,
    parts: [
      ...peopleData,
      ...authData,
      ...conversationData,
      ...messageData(clock),
      ...schedulingData,
      ...moderationData,
      ...mediaData,
      ...preferenceData,
      ...deviceData,
      ...notificationData,
    ],
  });
  const preferences = createPreferences({ database });
  const devices = createDevices({ database, clock });
  const keepNotifications = config.notificationDays > 0 ? config.notificationDays * day : null;
  const notifications = createNotifications({ database, clock, keep: keepNotifications });
  const departures = createDepartures({ database, clock });
  const erasures: readonly Erasure[] = [
    { within: eraseRelations },
    { within: messages.eraseMarks },
    { within: scheduling.erase },
    { within: media.erase },
    { within: preferences.erase },
    { within: devices.erase },
    { within: notifications.erase },
    { within: departures.begin, after: departures.depart },
  ];
  const auth = createAuth({ database, clock, limiter, sms, keys, erasures });
  const presence = createPresence({ database, clock, registry, limiter, publish });
  const moderation = createModeration({ database, clock, limiter, messages, media });
  const auditLog = createAuditLog({ database, clock });
  const webPages = await openWebPages(config);
  const linkPreviews = createLinkPreviews({
    clock,
    limiter,
    pages: webPages,
    keepPicture: (actor, bytes, fileName) => media.keep(actor, bytes, fileName),
    onTrouble: (error, what) => logger.warn({ err: error }, `${what} failed`),
  });
  if (config.admin) await auth.ensureAdmin(config.admin.email, config.admin.password);

  let dialects: readonly Dialect[] = [];
  const dialectAt = (url: string): Dialect | undefined => {
    const atRoot = url.startsWith('/v1/') ? null : config.root;
    return dialects.find(({ name }) => url.startsWith(`/${name}/`)) ?? dialects.find(({ name }) => name === atRoot);
  };
  const host = await createHttpHost({
    ...config,
    logger,
    clock,
    originsAt: (url) => [...config.origins, ...(dialectAt(url)?.origins ?? [])],
    refuseUrl: (url, requestId) =>
      dialectAt(url)?.errorBody(new EngineError('invalid_request', 'The URL is not valid.')) ??
      unreadableUrl(requestId),
  });
  await describeRoutes(host, { version, publicUrl: config.publicUrl });
  const originOf = createOriginOf(config.trustedProxies);
  const handshakes = new RequestLimits(config.rateLimitFactor, clock, handshakeRate);
  const io = createSocketHost(host.server, {
    // One path for all doors: which one a page wants to use is only known later.
    origins: [...config.origins, ...config.convospace.origins],
    admit: (handshake) => handshakes.consume(originOf(handshake, 'socket').ip),
    rootIsTaken: config.root !== null,
  });
  const sessions = new LiveSessions();
  await bus.subscribe(topics.nodes, (payload) => {
    const event = payload as EngineEvent;
    if (event.type === 'session.revoked') auth.authenticator.forget(event.data.sessionIds);
    if (event.type === 'membership.changed') conversations.forgetMembers(event.data.conversationId);
  });
  await sessions.listen(bus);
  bus.onGap(() => {
    // What was published in the meantime is lost to this node: forget what it might have changed, and let clients sync.
    auth.authenticator.forget();
    conversations.forgetMembers();
    sessions.cutAll();
  });

  let draining = false;
  const checks = { storage: () => database.ping(), bus: () => bus.ping() };
  mountOperationsRoutes(host, {
    metrics,
    metricsAccess: config.metrics,
    checks,
    // Without it files wait, and all else goes on.
    sideChecks: scanner ? { scanner: () => scanner.ping() } : {},
    draining: () => draining,
    version,
  });
  metrics.trackConnections(() => sessions.count);
  const fanOut = new FanOut(bus);
  const limits = new RequestLimits(config.rateLimitFactor, clock);
  const engine: Engine = {
    auth,
    people,
    contacts,
    conversations,
    groups,
    messages,
    inbox,
    search,
    presence,
    moderation,
    auditLog,
    scheduling,
    myData,
    media,
    linkPreviews,
    preferences,
    devices,
    notifications,
  };
  const { rateLimitFactor, publicUrl, production } = config;
  const shared = { clock, fanOut, sessions, originOf, logger, rateLimitFactor, uploads, draining: () => draining };
  const nativeDeps = { ...shared, auth, presence, limits, origins: config.origins };
  await openNativeDoor(host, io, engine, nativeDeps, config.root !== null);
  const fileNames = new FileNames(keys.fileName);
  const siteOf = createSiteOf(publicUrl, config.trustedProxies);
  const { webhookUrl, ...otp } = config.convospace.otp;
  const codes = { deliver: openCodeDelivery(webhookUrl, print), printed: webhookUrl === null };
  dialects = createDialects(
    { ...shared, siteOf, engine, database, fileNames, publicUrl, production },
    { ...config, convospace: { ...config.convospace, otp: { ...otp, ...codes } } },
  );
  await openDialects(host, io, dialects, config.root);

  if (config.ffmpeg?.named && (await ffmpegVersion(config)) === null) {
    const why = 'films and recordings are taken as they are, also with the place where they were made';
    logger.warn({ program: config.ffmpeg.program }, `PARLEY_FFMPEG is not there, or has no ffprobe next to it: ${why}`);
  }
  void media.recover().catch((error) => logger.warn({ err: error }, 'recovery of uploads failed'));
  await host.listen({ port: config.port, host: config.host });
  const { port } = host.server.address() as AddressInfo;
  const closeAdminSocket =
    config.databaseUrl === null && adminSocketSupported
      ? await openAdminSocket({ dataDirectory: config.dataDirectory, context: { database, auth }, logger })
      : async () => {};
  const sweep = async (stopping?: AbortSignal): Promise<void> => {
    for (const feature of [auth, moderation, auditLog, notifications]) await feature.sweep(stopping);
  };
  const repeat = (what: string, every: number, job: (stopping: AbortSignal) => Promise<void>) =>
    startTicker({ every, job, onError: (error) => logger.warn({ err: error }, `${what} failed`) });
  const tickers = [
    repeat('sweep', hour, sweep),
    repeat('sending of scheduled messages', second, (stopping) => scheduling.dispatch(stopping)),
    repeat('departure of deleted accounts', second, (stopping) => departures.goOn(stopping)),
    repeat('looking into uploads', second, (stopping) => media.resume(stopping)),
    repeat('removal of unused files', minute, async (stopping) => {
      const report = await media.collect(stopping);
      if (report.files > 0 || report.blobs > 0) logger.info(report, 'unused files removed');
    }),
    repeat('timeouts of sockets', second, async () => {
      for (const dialect of dialects) dialect.tick();
    }),
    repeat('removal of vanished messages', second, (stopping) => messages.expire(stopping)),
  ];
  if (retention.direct !== null || retention.group !== null) {
    tickers.push(repeat('removal of old messages', second, (stopping) => messages.removeOld(stopping)));
  }

  async function stop(): Promise<void> {
    draining = true;
    const deadline = Date.now() + config.drainSeconds * 1_000;
    // Nothing new is accepted from here on, and clients know. What was begun is finished and answered before they are cut.
    const closed = host.close();
    const commandsEnded = closeAdminSocket();
    sessions.announceDrain();
    await until(deadline, Promise.all(tickers.map((ticker) => ticker.stop())));
    await until(deadline, Promise.all([messages.idle(), conversations.idle()]));
    await new Promise(setImmediate); // the answers are written at the end of this turn
    sessions.cutAll();
    io.disconnectSockets(true);
    io.engine.close();
    for (const dialect of dialects) dialect.stop();
    await until(deadline, Promise.all([closed, commandsEnded]));
    await until(deadline, Promise.all([presence.idle(), auth.authenticator.idle(), media.idle()]));
    await until(deadline, Promise.all([tools.close(), blobs.close()]));
    await until(deadline, database.close());
    await Promise.all([bus.close(), registry.close(), limiter.close(), webPages?.close()]);
  }
  let stopping: Promise<void> | undefined;
  const shown = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`,
    port,
    logger,
    database,
    auth,
    media,
    sweep,
    close: () => (stopping ??= stop()),
  };
}

/** Waits, but only until a time in milliseconds, and for a second at least. */
async function until(deadline: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(1_000, deadline - Date.now()));
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
