import { memory } from './bus/memory.ts';
import { config } from '../config/index.ts';

export const list = [memory, config];
