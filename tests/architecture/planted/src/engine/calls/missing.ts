export { nothing } from './does-not-exist.ts';
