export { http } from '../../src/transport/http.ts';
