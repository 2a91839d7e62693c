import { join, resolve } from 'node:path';
import { type SettingKey, settings } from './settings.ts';

export interface DiskConfig {
  readonly store: 'disk';
  /** Absolute. */
  readonly directory: string;
}

export interface S3Config {
  readonly store: 's3';
  readonly bucket: string;
  readonly region: string;
  /** null: AWS. */
  readonly endpoint: string | null;
  readonly prefix: string;
  /** null: what the machine has. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Of keys that are good for a while only. */
    readonly sessionToken?: string;
  } | null;
}

export interface CloudinaryConfig {
  readonly store: 'cloudinary';
  readonly cloudName: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly api: string;
}

/** Where blobs are kept, with what that store asks for. */
export type BlobConfig = DiskConfig | S3Config | CloudinaryConfig;

/** How a part of the configuration is read. */
export interface Reading {
  /** What is set, without spaces around it; '' where nothing is. */
  text(key: SettingKey): string;
  problem(key: SettingKey, sentence: string): void;
}

/** Reads where blobs are kept. */
export function loadBlobs(reading: Reading, dataDirectory: string): BlobConfig {
  const { text, problem } = reading;
  const store = text('blobs') || settings.blobs.default;
  if (store === 's3') return loadS3(reading);
  if (store === 'cloudinary') return loadCloudinary(reading);
  if (store !== 'disk') problem('blobs', 'must be `disk`, `s3` or `cloudinary`.');
  return { store: 'disk', directory: resolve(text('blobDirectory') || join(dataDirectory, 'blobs')) };
}

const isWebAddress = (address: string): boolean => /^https?:\/\//i.test(address) && URL.canParse(address);

function loadS3({ text, problem }: Reading): S3Config {
  const [bucket, region, endpoint, prefix] = [text('s3Bucket'), text('s3Region'), text('s3Endpoint'), text('s3Prefix')];
  if (!bucket) problem('s3Bucket', 'must be set where PARLEY_BLOBS is `s3`.');
  if (!region && !endpoint) problem('s3Region', 'must be set where PARLEY_BLOBS is `s3`, to the region of the bucket.');
  if (endpoint && !isWebAddress(endpoint)) problem('s3Endpoint', 'must begin with https:// or http://.');
  // Names of objects have at most 1,024 bytes, and a key takes up to 100 of them.
  if (!/^[\w!.*'()/-]{0,900}$/.test(prefix) || prefix.startsWith('/')) {
    problem('s3Prefix', "must have letters, digits and / ! - _ . * ' ( ) only, and not begin with /.");
  }
  const [accessKeyId, secretAccessKey] = [text('s3AccessKeyId'), text('s3SecretAccessKey')];
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    problem(accessKeyId ? 's3SecretAccessKey' : 's3AccessKeyId', 'must be set too.');
  }
  const sessionToken = text('s3SessionToken');
  if (sessionToken && !accessKeyId) problem('s3AccessKeyId', 'must be set too.');
  return {
    store: 's3',
    bucket,
    // Other stores have no regions, and still want one to be signed.
    region: region || 'us-east-1',
    endpoint: endpoint || null,
    prefix,
    credentials:
      accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } : null,
  };
}

function loadCloudinary({ text, problem }: Reading): CloudinaryConfig {
  const needed = (key: SettingKey): string => {
    if (!text(key)) problem(key, 'must be set where PARLEY_BLOBS is `cloudinary`.');
    return text(key);
  };
  const api = text('cloudinaryApi') || settings.cloudinaryApi.default;
  if (!isWebAddress(api)) problem('cloudinaryApi', 'must begin with https:// or http://.');
  return {
    store: 'cloudinary',
    cloudName: needed('cloudinaryCloudName'),
    apiKey: needed('cloudinaryApiKey'),
    apiSecret: needed('cloudinaryApiSecret'),
    api,
  };
}
