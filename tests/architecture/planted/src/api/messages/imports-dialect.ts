export { a } from '../../dialects/a/index.ts';
