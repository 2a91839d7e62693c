export { http } from '../../../transport/http.ts';
