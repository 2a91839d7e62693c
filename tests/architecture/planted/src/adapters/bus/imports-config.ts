import type { config } from '../../config/index.ts';

export type Config = typeof config;
