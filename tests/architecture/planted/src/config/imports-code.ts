import { makeId } from '../engine/shared/ids.ts';

export const id = makeId();
