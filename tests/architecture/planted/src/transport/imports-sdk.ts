export { client } from '../../sdk/src/index.ts';
