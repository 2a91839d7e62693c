export { WebSocket } from 'fast-check';
