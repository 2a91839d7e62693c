export { insert } from '../../engine/messages/store.ts';
