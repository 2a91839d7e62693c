export { a } from '../a/index.ts';
