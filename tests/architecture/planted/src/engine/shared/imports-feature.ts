import { people } from '../people/index.ts';

export const all = people;
