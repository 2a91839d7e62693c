import { request } from 'node:http';

export const fetchIt = request;
