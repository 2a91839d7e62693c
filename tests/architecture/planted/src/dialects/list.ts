export { a } from './a/index.ts';
export { wire } from './b/wire.ts';
