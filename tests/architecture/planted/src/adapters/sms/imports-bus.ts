export { memory } from '../bus/memory.ts';
