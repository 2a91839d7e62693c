export { memory } from '../adapters/bus/memory.ts';
