export { send } from '../messages/index.ts';
