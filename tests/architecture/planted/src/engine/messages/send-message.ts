import { insert } from './store.ts';

export const send = insert;
