import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { isoTime } from '../present/time.ts';
import { publicEndpoint } from './endpoint.ts';

/** Whether the door is there. */
export const healthRoutes = ({ clock }: ConvospaceDeps): Route[] => [
  publicEndpoint('GET', ['/health', '/api/health'], 'Server is not running', async () => ({
    body: { success: true, message: 'Server is running', timestamp: isoTime(new Date(clock.now())) },
  })),
];
