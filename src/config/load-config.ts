import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { type BlobConfig, loadBlobs } from './load-blobs.ts';
import { type ChatappConfig, loadChatapp } from './load-chatapp.ts';
import { type ConvospaceConfig, loadConvospace } from './load-convospace.ts';
import { type Setting, type SettingKey, settings } from './settings.ts';

/** The configuration is wrong. Each problem is one sentence that says what to set. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDirectory: string;
  /** null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly databasePool: number;
  readonly redisUrl: string | null;
  /** null in development where none was set: one is generated in the data directory. */
  readonly secret: string | null;
  readonly origins: readonly string[];
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly rateLimitFactor: number;
  /** Most members of a group. */
  readonly groupLimit: number;
  readonly admin: { readonly email: string; readonly password: string } | null;
  /** How long, in seconds, a message can be edited and deleted for everybody; 0: for ever. */
  readonly messageWindows: { readonly edit: number; readonly delete: number };
  /** What files are taken, and how much room they leave; sizes in bytes. */
  readonly media: {
    readonly purposes: Readonly<Record<'message' | 'avatar' | 'story', PurposeConfig>>;
    /** Most files of a message. */
    readonly perMessage: number;
    readonly reserveBytes: number;
    /** Of all files of a person; 0: any number. */
    readonly personBytes: number;
    readonly linkSeconds: number;
  };
  /** `none`: codes cannot be sent. */
  readonly sms: 'console' | 'none';
  readonly blobs: BlobConfig;
  readonly mediaMaxPixels: number;
  /** null: none is used. A program without a path is looked for in the folders of `searchPath`. */
  readonly ffmpeg: {
    readonly program: string;
    readonly searchPath: string;
    /** The operator has named it, and so counts on it. */
    readonly named: boolean;
  } | null;
  /** null: files are not scanned. */
  readonly clamd: { readonly host: string; readonly port: number } | { readonly path: string } | null;
  readonly logLevel: LogLevel;
  readonly logDirectory: string | null;
  readonly metrics: { readonly token: string | null; readonly open: boolean };
  readonly drainSeconds: number;
  /** After how many days messages are removed, by the kind of conversation; 0: never. */
  readonly retention: { readonly directDays: number; readonly groupDays: number };
  /** 0: for ever. */
  readonly notificationDays: number;
  /** `networks`: CIDR ranges that are not public and may be fetched from, some with `:port` or `:*` behind them. */
  readonly linkPreviews: { readonly on: boolean; readonly networks: readonly string[] };
  /** The dialect that is served at `/` as well; null: none. */
  readonly root: (typeof dialects)[number] | null;
  readonly chatapp: ChatappConfig;
  readonly convospace: ConvospaceConfig;
}

const dialects = ['chatapp', 'convospace'] as const;

/** What files are taken for a purpose: their largest size in bytes, and media types, such as `image/*` and `*`. */
export interface PurposeConfig {
  readonly maxBytes: number;
  readonly types: readonly string[];
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A hundred years. */
const maxWindowSeconds = 100 * 365 * 24 * 3_600;

const anyType = /^[a-z]+\/(\*|[a-z0-9.+-]+)$/;
const picture = /^image\/(jpeg|png|gif|webp|avif|\*)$/;
const pictureOrFilm = /^(image\/(jpeg|png|gif|webp|avif|\*)|video\/(\*|[a-z0-9.+-]+))$/;
const pictureNames = 'image/jpeg, image/png, image/gif, image/webp, image/avif, image/*';

const sampleSecret = /^(.)\1+$|change.?me|secret|example|sample|password|default|your[-_ ]/i;

/**
 * Reads the configuration.
 *
 * @param environment variables, as in `process.env`
 * @throws ConfigError with every problem at once
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const production = environment.NODE_ENV === 'production';

  const text = (key: SettingKey): string => {
    const setting: Setting = settings[key];
    for (const name of [setting.name, ...(setting.aliases ?? [])]) {
      const value = environment[name]?.trim();
      if (value) return value;
    }
    return '';
  };
  const problem = (key: SettingKey, sentence: string): void => {
    problems.push(`${settings[key].name}: ${sentence}`);
  };
  const number = (key: SettingKey, min: number, max: number, whole = true): number => {
    const given = text(key) || settings[key].default;
    const value = Number(given);
    if (Number.isNaN(value) || value < min || value > max || (whole && !Number.isInteger(value))) {
      problem(key, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
    }
    return value;
  };
  const flag = (key: SettingKey): boolean => {
    const given = text(key) || settings[key].default;
    if (given !== 'true' && given !== 'false') problem(key, 'must be `true` or `false`.');
    return given === 'true';
  };
  const list = (key: SettingKey): string[] =>
    (text(key) || settings[key].default)
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const choice = <Word extends string>(key: SettingKey, words: readonly [Word, ...Word[]]): Word => {
    const given = text(key) || settings[key].default;
    const word = words.find((one) => one === given);
    if (word === undefined) problem(key, `must be one of ${words.join(', ')}.`);
    return word ?? words[0];
  };
  const originList = (key: SettingKey): string[] => {
    const given = list(key);
    for (const origin of given) {
      if (origin !== '*' && origin !== 'null' && !URL.canParse(origin)) {
        problem(key, `${origin} is not an origin such as https://app.example.org.`);
      }
    }
    return given;
  };
  const ranges = (key: SettingKey): string[] => {
    const given = list(key);
    for (const range of given) {
      if (isRange(range.includes('/') ? range : `${range}/0`)) continue;
      problem(key, `${range} is not an address or a CIDR range such as 10.0.0.0/8.`);
    }
    return given;
  };

  const databaseUrl = text('databaseUrl');
  if (/^(mongodb(\+srv)?|mysql|mariadb):/i.test(databaseUrl)) {
    problem(
      'databaseUrl',
      'Parley stores in PostgreSQL. Set a URL such as postgres://user:password@host:5432/parley, or remove it to use the embedded database.',
    );
  } else if (databaseUrl && !/^postgres(ql)?:\/\//i.test(databaseUrl)) {
    problem('databaseUrl', 'must begin with postgres://.');
  }
  const redisUrl = text('redisUrl');
  if (redisUrl && !/^rediss?:\/\//i.test(redisUrl)) problem('redisUrl', 'must begin with redis:// or rediss://.');

  const secret = text('secret');
  if (secret && secret.length < 32)
    problem('secret', 'must have 32 characters or more, such as `openssl rand -base64 48` prints.');
  else if (production && !secret)
    problem('secret', 'must be set in production, to what `openssl rand -base64 48` prints.');
  else if (production && sampleSecret.test(secret))
    problem('secret', 'is a sample. Set it to what `openssl rand -base64 48` prints.');

  const publicUrl = text('publicUrl');
  if (publicUrl && !URL.canParse(publicUrl))
    problem('publicUrl', 'must be an origin such as https://chat.example.org.');
  const origins = originList('origins');
  const trustedProxies = ranges('trustedProxies');
  const linkPreviewNetworks = list('linkPreviewNetworks');
  for (const network of linkPreviewNetworks) {
    const [, range = network, port = '*'] = /^(.*\/\d+):(\*|\d{1,5})$/.exec(network) ?? [];
    if (isRange(range) && (port === '*' || (Number(port) > 0 && Number(port) <= 65_535))) continue;
    problem('linkPreviewNetworks', `${network} is not a CIDR range such as 10.1.0.0/16 or 10.1.0.0/16:8080.`);
  }
  const rateLimitFactor = number('rateLimitFactor', 0, 1_000_000, false);
  if (production && rateLimitFactor === 0) problem('rateLimitFactor', 'must not be 0 in production.');

  const [email, password] = [text('adminEmail'), text('adminPassword')];
  if (Boolean(email) !== Boolean(password)) problem(email ? 'adminPassword' : 'adminEmail', 'must be set too.');
  if (password && password.length < 8) problem('adminPassword', 'must have 8 characters or more.');

  const types = (key: SettingKey, possible = anyType, such = 'a media type such as image/png, image/*'): string[] => {
    const given = list(key);
    for (const type of given) {
      if (type !== '*' && !possible.test(type)) problem(key, `${type} is not ${such} or *.`);
    }
    return given.length > 0 ? given : ['*'];
  };

  const root = text('root');
  if (root && !(dialects as readonly string[]).includes(root))
    problem('root', `must be one of ${dialects.join(', ')}.`);

  const sms = text('sms') || (production ? 'none' : 'console');
  if (sms !== 'console' && sms !== 'none') problem('sms', 'must be `console` or `none`.');
  const dataDirectory = resolve(text('dataDirectory') || settings.dataDirectory.default);
  const ffmpeg = text('ffmpeg') || settings.ffmpeg.default;
  const clamd = addressOf(text('clamd'));
  if (clamd === undefined) problem('clamd', 'must be `host:port`, or an absolute path.');
  const logLevel = (text('logLevel') || settings.logLevel.default) as LogLevel;
  if (!logLevels.includes(logLevel)) problem('logLevel', `must be one of ${logLevels.join(', ')}.`);
  const metricsToken = text('metricsToken');

  const config: Config = {
    production,
    port: number('port', 0, 65_535),
    host: text('host') || settings.host.default,
    dataDirectory,
    databaseUrl: databaseUrl || null,
    databasePool: number('databasePool', 2, 1_000),
    redisUrl: redisUrl || null,
    secret: secret || null,
    origins: origins.length > 0 || production ? origins : ['*'],
    publicUrl: publicUrl ? publicUrl.replace(/\/+$/, '') : null,
    trustedProxies,
    rateLimitFactor,
    groupLimit: number('groupLimit', 2, 100_000),
    admin: email && password ? { email, password } : null,
    messageWindows: {
      edit: number('editWindowSeconds', 0, maxWindowSeconds),
      delete: number('deleteWindowSeconds', 0, maxWindowSeconds),
    },
    media: {
      purposes: {
        message: { maxBytes: number('mediaMaxBytes', 1, 2 ** 40), types: types('mediaTypes') },
        avatar: {
          maxBytes: number('mediaAvatarMaxBytes', 1, 2 ** 30),
          types: types('mediaAvatarTypes', picture, pictureNames),
        },
        story: {
          maxBytes: number('mediaStoryMaxBytes', 1, 2 ** 40),
          types: types('mediaStoryTypes', pictureOrFilm, `${pictureNames}, video/*`),
        },
      },
      perMessage: number('mediaPerMessage', 1, 100),
      reserveBytes: number('mediaReserveBytes', 0, 2 ** 50),
      personBytes: number('mediaPersonBytes', 0, 2 ** 50),
      linkSeconds: number('mediaLinkSeconds', 60, 7 * 24 * 3_600),
    },
    sms: sms === 'console' ? 'console' : 'none',
    blobs: loadBlobs({ text, problem }, dataDirectory),
    mediaMaxPixels: number('mediaMaxPixels', 1_000_000, 1_000_000_000),
    ffmpeg:
      ffmpeg === 'none' ? null : { program: ffmpeg, searchPath: environment.PATH ?? '', named: text('ffmpeg') !== '' },
    clamd: clamd ?? null,
    logLevel,
    logDirectory: text('logDirectory') || null,
    metrics: { token: metricsToken || null, open: !production },
    drainSeconds: number('drainSeconds', 0, 600),
    retention: {
      directDays: number('retentionDirectDays', 0, 36_500),
      groupDays: number('retentionGroupDays', 0, 36_500),
    },
    notificationDays: number('notificationDays', 0, 36_500),
    linkPreviews: { on: flag('linkPreviews'), networks: linkPreviewNetworks },
    root: root ? (root as Config['root']) : null,
    chatapp: loadChatapp({ text, number, flag, problem, production }),
    convospace: loadConvospace({ text, number, flag, choice, ranges, origins: originList, problem, production }),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** An address of `host:port`, or a path; null of nothing, undefined of anything else. */
function addressOf(text: string): { host: string; port: number } | { path: string } | null | undefined {
  if (!text) return null;
  if (isAbsolute(text)) return { path: text };
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host && port > 0 && port <= 65_535 ? { host, port } : undefined;
}

function isRange(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  return isIP(address) !== 0 && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}
