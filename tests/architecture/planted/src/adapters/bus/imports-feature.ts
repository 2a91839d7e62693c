export { send } from '../../engine/messages/index.ts';
