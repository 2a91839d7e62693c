import { sql } from 'kysely';
import type { Bus } from '../ports/bus.ts';
import { makeId } from '../shared/ids.ts';

export const insert = (bus: Bus) => [sql, bus, makeId()];
