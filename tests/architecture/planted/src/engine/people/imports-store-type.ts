import { type insert } from '../messages/store.ts';

export type Stolen = typeof insert;
