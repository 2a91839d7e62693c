import type { Id } from '../engine/shared/ids.ts';

export type ConfiguredId = Id;
