import { http } from '../../transport/http.ts';

export const mount = http;
