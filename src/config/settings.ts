/** How a setting's text becomes a value. */
type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'port';

/** One setting: how it is called, and what an operator has to know of it. */
export interface Setting {
  readonly name: string;
  /** Other names under which existing deployments know it. The first one that is set wins. */
  readonly aliases?: readonly string[];
  readonly kind: Kind;
  /** Shown in the documentation; the value itself is in `load-config.ts`'s result. */
  readonly default: string;
  readonly description: string;
  /** Never shown, not even by `parley doctor`. */
  readonly secret?: boolean;
}

/** Every setting, in the order of the documentation. docs/generated/config.md and .env.example are made from it. */
export const settings = {
  port: {
    name: 'PORT',
    kind: 'port',
    default: '3000',
    description: 'Port to listen on. 0 picks a free one and logs it.',
  },
  host: { name: 'HOST', kind: 'text', default: '0.0.0.0', description: 'Address to listen on.' },
  dataDirectory: {
    name: 'PARLEY_DATA_DIR',
    kind: 'text',
    default: './data',
    description: 'Folder of the embedded database and of secrets that were generated. One process at a time uses it.',
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    kind: 'text',
    default: '',
    description: '`postgres:` URL of a PostgreSQL server, 15 or newer. Without it Parley uses its embedded database.',
    secret: true,
  },
  databasePool: {
    name: 'PARLEY_DATABASE_POOL',
    kind: 'integer',
    default: '10',
    description: 'Most connections to PostgreSQL that one node keeps; it keeps three more for what is urgent.',
  },
  redisUrl: {
    name: 'REDIS_URL',
    kind: 'text',
    default: '',
    description: '`redis:` URL. Needed where more than one node serves the same database.',
    secret: true,
  },
  secret: {
    name: 'JWT_SECRET',
    kind: 'text',
    default: '',
    description:
      'Secret from which all keys are derived, 32 characters or more; the same on all nodes. Required in production; ' +
      'otherwise one is generated in the data folder.',
    secret: true,
  },
  origins: {
    name: 'CLIENT_URL',
    aliases: ['CORS_ORIGIN', 'FRONTEND_URL'],
    kind: 'list',
    default: '',
    description:
      'Origins of web clients, separated by commas; `*` allows all. Without it: every origin in development, none in production.',
  },
  publicUrl: {
    name: 'PARLEY_PUBLIC_URL',
    aliases: ['SERVER_URL'],
    kind: 'text',
    default: '',
    description: 'Origin under which clients reach the server. Without it, that of each request.',
  },
  trustedProxies: {
    name: 'PARLEY_TRUSTED_PROXIES',
    kind: 'list',
    default: '',
    description: 'Addresses or CIDR ranges of proxies whose X-Forwarded headers are believed.',
  },
  rateLimitFactor: {
    name: 'PARLEY_RATE_LIMIT_FACTOR',
    kind: 'number',
    default: '1',
    description: 'Multiplies every limit. 0 switches them off and is refused in production.',
  },
  groupLimit: {
    name: 'PARLEY_GROUP_LIMIT',
    kind: 'integer',
    default: '1000',
    description: 'Most members that a group may have.',
  },
  adminEmail: {
    name: 'PARLEY_ADMIN_EMAIL',
    kind: 'text',
    default: '',
    description: 'E-mail address of the first admin, who is made at start where there is none.',
  },
  adminPassword: {
    name: 'PARLEY_ADMIN_PASSWORD',
    kind: 'text',
    default: '',
    description: 'Password of the first admin.',
    secret: true,
  },
  editWindowSeconds: {
    name: 'PARLEY_EDIT_WINDOW_SECONDS',
    kind: 'integer',
    default: '900',
    description: 'How long after it was sent a message can be edited. 0: for ever.',
  },
  deleteWindowSeconds: {
    name: 'PARLEY_DELETE_WINDOW_SECONDS',
    kind: 'integer',
    default: '3600',
    description:
      'How long after it was sent its sender can delete a message for everybody; admins of a group always can. 0: for ever.',
  },
  sms: {
    name: 'PARLEY_SMS',
    kind: 'text',
    default: 'console (none in production)',
    description:
      'How one-time codes are sent. `console` prints them on standard output, so who can read that can sign in as anybody; ' +
      '`none` refuses to send.',
  },
  logLevel: {
    name: 'PARLEY_LOG_LEVEL',
    aliases: ['LOG_LEVEL'],
    kind: 'text',
    default: 'info',
    description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
  },
  logDirectory: {
    name: 'PARLEY_LOG_DIR',
    kind: 'text',
    default: '',
    description: 'Folder for `combined.log` and `error.log`, in addition to standard output.',
  },
  metricsToken: {
    name: 'PARLEY_METRICS_TOKEN',
    kind: 'text',
    default: '',
    description:
      'Bearer token that `/metrics` asks for. Without it, `/metrics` is open in development and closed in production.',
    secret: true,
  },
  drainSeconds: {
    name: 'PARLEY_DRAIN_SECONDS',
    kind: 'integer',
    default: '10',
    description: 'How long a stopping server waits for requests and commits to finish.',
  },
  retentionDirectDays: {
    name: 'PARLEY_RETENTION_DIRECT_DAYS',
    kind: 'integer',
    default: '0',
    description: 'Messages of direct conversations are removed for good after so many days. 0 keeps them for ever.',
  },
  retentionGroupDays: {
    name: 'PARLEY_RETENTION_GROUP_DAYS',
    kind: 'integer',
    default: '0',
    description: 'Messages of groups are removed for good after so many days. 0 keeps them for ever.',
  },
  linkPreviews: {
    name: 'PARLEY_LINK_PREVIEWS',
    kind: 'boolean',
    default: 'true',
    description:
      'Whether the server fetches pages of the web that people link to, to show a title and a picture of them.',
  },
  linkPreviewNetworks: {
    name: 'PARLEY_LINK_PREVIEW_NETWORKS',
    kind: 'list',
    default: '',
    description:
      'CIDR ranges of private networks whose pages may be previewed, such as `10.1.0.0/16`, on ports 80 and 443; ' +
      '`10.1.0.0/16:8080` for another port, `:*` for all. Every member can see titles of pages there.',
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;
