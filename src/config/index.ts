export { environment } from './env.ts';
export { type Config, ConfigError, loadConfig, type LogLevel } from './load-config.ts';
export { type Setting, type SettingKey, settings } from './settings.ts';
