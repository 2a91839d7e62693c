import type { Migration } from '../engine/ports/database.ts';
import { convospaceNumbers } from './convospace/numbers/index.ts';

/** Tables in which dialects keep how their clients call things. */
export const dialectMigrations: readonly Migration[] = [convospaceNumbers];
