import { send } from '../../engine/messages/index.ts';
import { http } from '../../transport/http.ts';

export const routes = [send, http];
