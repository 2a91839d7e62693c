import type { Bus } from '../../engine/ports/bus.ts';

export type Port = Bus;
