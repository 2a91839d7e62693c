import type { Bus } from '../../engine/ports/bus.ts';
import { makeId } from '../../engine/shared/ids.ts';

export const memory = (bus: Bus) => [bus, makeId()];
