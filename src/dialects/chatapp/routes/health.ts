import type { Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';

/** Whether the door is there, and what it offers. */
export const healthRoutes = ({ clock, options, production }: ChatappDeps): Route[] => [
  {
    method: 'GET',
    path: ['/health', '/api/health'],
    access: 'public',
    async handle() {
      const { features } = options;
      return {
        body: {
          success: true,
          message: 'ChatApp Backend is running!',
          timestamp: new Date(clock.now()).toISOString(),
          uptime: process.uptime(),
          environment: production ? 'production' : 'development',
          features: {
            realTimeMessaging: true,
            fileSharing: features.fileSharing,
            voiceNotes: features.fileSharing,
            // Not there yet: clients hide what is not offered.
            videoCalling: false,
            stories: false,
            profileManagement: true,
          },
        },
      };
    },
  },
];
