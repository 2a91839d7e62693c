import { app } from './app.ts';
import { config } from './config/index.ts';
import { http } from './transport/http.ts';

export const main = [app, config, http];
