import { chatappSettings } from './chatapp-settings.ts';
import { convospaceSettings } from './convospace-settings.ts';
import type { Setting } from './setting.ts';

export type { Setting } from './setting.ts';

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
    aliases: ['MESSAGE_EDIT_WINDOW_SECONDS'],
    kind: 'integer',
    default: '900',
    description: 'How long after it was sent a message can be edited. 0: for ever.',
  },
  deleteWindowSeconds: {
    name: 'PARLEY_DELETE_WINDOW_SECONDS',
    aliases: ['MESSAGE_DELETE_WINDOW_SECONDS'],
    kind: 'integer',
    default: '3600',
    description:
      'How long after it was sent its sender can delete a message for everybody; admins of a group always can. 0: for ever.',
  },
  mediaMaxBytes: {
    name: 'PARLEY_MEDIA_MAX_BYTES',
    kind: 'integer',
    default: '104857600',
    description: 'Largest file of a message, in bytes.',
  },
  mediaAvatarMaxBytes: {
    name: 'PARLEY_MEDIA_AVATAR_MAX_BYTES',
    kind: 'integer',
    default: '10485760',
    description: 'Largest photo of a person or group, in bytes.',
  },
  mediaStoryMaxBytes: {
    name: 'PARLEY_MEDIA_STORY_MAX_BYTES',
    kind: 'integer',
    default: '104857600',
    description: 'Largest file that is uploaded for a story, in bytes.',
  },
  mediaTypes: {
    name: 'PARLEY_MEDIA_TYPES',
    kind: 'list',
    default: '*',
    description:
      'Media types that messages can have, such as `image/*,video/mp4,application/pdf`; `*` allows all. Decided from the bytes of a file.',
  },
  mediaAvatarTypes: {
    name: 'PARLEY_MEDIA_AVATAR_TYPES',
    kind: 'list',
    default: '*',
    description: 'Media types that photos of people and groups can have: all or some of JPEG, PNG, GIF, WebP and AVIF.',
  },
  mediaStoryTypes: {
    name: 'PARLEY_MEDIA_STORY_TYPES',
    kind: 'list',
    default: '*',
    description:
      'Media types that files for stories can have: all or some of those pictures, and of films (`video/*`).',
  },
  mediaPerMessage: {
    name: 'PARLEY_MEDIA_PER_MESSAGE',
    kind: 'integer',
    default: '10',
    description: 'Most files that a message can have, up to 100.',
  },
  mediaPersonBytes: {
    name: 'PARLEY_MEDIA_PERSON_BYTES',
    kind: 'integer',
    default: '0',
    description:
      'Most bytes of files that are kept for one person, whoever else has the same ones. Without thumbnails. 0: any number.',
  },
  mediaReserveBytes: {
    name: 'PARLEY_MEDIA_RESERVE_BYTES',
    kind: 'integer',
    default: '268435456',
    description: 'Room on the disk that files leave free, so that messages go on when it is nearly full.',
  },
  mediaLinkSeconds: {
    name: 'PARLEY_MEDIA_LINK_SECONDS',
    kind: 'integer',
    default: '3600',
    description: 'A signed link to a file is good for so long, and up to twice as long.',
  },
  sms: {
    name: 'PARLEY_SMS',
    kind: 'text',
    default: 'console (none in production)',
    description:
      'How one-time codes are sent. `console` prints them on standard output, so who can read that can sign in as anybody; ' +
      '`none` refuses to send.',
  },
  blobs: {
    name: 'PARLEY_BLOBS',
    kind: 'text',
    default: 'disk',
    description: 'Where files of messages and photos are kept: `disk`, `s3` or `cloudinary`.',
  },
  blobDirectory: {
    name: 'PARLEY_BLOB_DIR',
    aliases: ['UPLOAD_PATH'],
    kind: 'text',
    default: '',
    description:
      'Folder of the files, for `disk`. Without it, `blobs` in the data folder. Where several nodes run, all must see the same.',
  },
  s3Bucket: {
    name: 'PARLEY_S3_BUCKET',
    aliases: ['AWS_S3_BUCKET'],
    kind: 'text',
    default: '',
    description: 'Bucket of the files, for `s3`. It must not be public.',
  },
  s3Region: {
    name: 'PARLEY_S3_REGION',
    aliases: ['AWS_REGION'],
    kind: 'text',
    default: '',
    description: 'Region of the bucket, such as `eu-central-1`. Needed at AWS.',
  },
  s3Endpoint: {
    name: 'PARLEY_S3_ENDPOINT',
    kind: 'text',
    default: '',
    description: 'Address of a store other than AWS that speaks S3, such as `https://minio.example.org`.',
  },
  s3Prefix: {
    name: 'PARLEY_S3_PREFIX',
    kind: 'text',
    default: '',
    description: 'What the names of all objects begin with, such as `parley/`.',
  },
  s3AccessKeyId: {
    name: 'AWS_ACCESS_KEY_ID',
    kind: 'text',
    default: '',
    description: 'Key for the bucket. Without it and its secret, what the machine has is used, such as its role.',
  },
  s3SecretAccessKey: {
    name: 'AWS_SECRET_ACCESS_KEY',
    kind: 'text',
    default: '',
    description: 'Secret of that key.',
    secret: true,
  },
  s3SessionToken: {
    name: 'AWS_SESSION_TOKEN',
    kind: 'text',
    default: '',
    description:
      'Session token of that key, where it is good for a while only. The server has to be started again with a new one.',
    secret: true,
  },
  cloudinaryCloudName: {
    name: 'CLOUDINARY_CLOUD_NAME',
    kind: 'text',
    default: '',
    description: 'Name of the cloud, for `cloudinary`.',
  },
  cloudinaryApiKey: {
    name: 'CLOUDINARY_API_KEY',
    kind: 'text',
    default: '',
    description: 'Key for that cloud.',
  },
  cloudinaryApiSecret: {
    name: 'CLOUDINARY_API_SECRET',
    kind: 'text',
    default: '',
    description: 'Secret of that key.',
    secret: true,
  },
  cloudinaryApi: {
    name: 'CLOUDINARY_UPLOAD_PREFIX',
    kind: 'text',
    default: 'https://api.cloudinary.com',
    description: 'Address of its API; outside of America such as `https://api-eu.cloudinary.com`.',
  },
  mediaMaxPixels: {
    name: 'PARLEY_MEDIA_MAX_PIXELS',
    kind: 'integer',
    default: '100000000',
    description:
      'Most pixels of a picture, over all its frames; larger ones are refused. Looking into one takes up to 8 bytes of ' +
      'memory for each, and 256 MB, in each of two processes.',
  },
  ffmpeg: {
    name: 'PARLEY_FFMPEG',
    kind: 'text',
    default: 'ffmpeg',
    description:
      'Path of ffmpeg, with ffprobe next to it. Without them on the machine, or with `none`, films and recordings are taken ' +
      'as they are, also with the place where they were made: without length, size, thumbnail and waveform.',
  },
  clamd: {
    name: 'PARLEY_CLAMD',
    kind: 'text',
    default: '',
    description:
      "ClamAV's daemon: `host:port`, or the path of a socket. With it, files are scanned, and wait while it does not answer. " +
      'Its StreamMaxLength must not be less than the largest file.',
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
  notificationDays: {
    name: 'PARLEY_NOTIFICATION_DAYS',
    kind: 'integer',
    default: '90',
    description: 'Notifications are removed after so many days. 0 keeps them for ever.',
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
  root: {
    name: 'PARLEY_ROOT',
    kind: 'text',
    default: '',
    description:
      'Door that is served at `/` as well, for clients whose base URL can only be an origin: `chatapp` or `convospace`.',
  },
  ...chatappSettings,
  ...convospaceSettings,
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;
