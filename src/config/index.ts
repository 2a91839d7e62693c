export { environment } from './env.ts';
export type { BlobConfig } from './load-blobs.ts';
export { type Config, ConfigError, type LogLevel, loadConfig } from './load-config.ts';
export { type Setting, type SettingKey, settings } from './settings.ts';
