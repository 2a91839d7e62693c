export { config } from '../../config/index.ts';
