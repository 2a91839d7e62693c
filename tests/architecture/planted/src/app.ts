import { memory } from './adapters/bus/memory.ts';
import { routes } from './api/messages/routes.ts';
import { config } from './config/index.ts';
import { a } from './dialects/a/index.ts';

export const app = [memory, routes, config, a];
