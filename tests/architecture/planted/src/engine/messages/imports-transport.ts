import type { http } from '../../transport/http.ts';

export type Http = typeof http;
