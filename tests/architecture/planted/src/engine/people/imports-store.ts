import { insert } from '../messages/store.ts';

export const steal = insert;
