export { send } from './send-message.ts';
