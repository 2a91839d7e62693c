export { people } from './people/index.ts';
export { insert } from './messages/store.ts';
