import type { Route } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { authRoutes } from './auth.ts';
import { chatRoutes } from './chats.ts';
import { contactRoutes } from './contacts.ts';
import { deviceRoutes } from './devices.ts';
import { groupRoutes } from './groups.ts';
import { healthRoutes } from './health.ts';
import { messageRoutes } from './messages.ts';
import { uploadRoutes } from './uploads.ts';
import { userRoutes } from './users.ts';

/** Every REST route of the door. A subject adds its list here. */
export const chatappRoutes = (deps: ChatappDeps): Route[] => [
  ...healthRoutes(deps),
  ...chatRoutes(deps),
  ...groupRoutes(deps),
  ...messageRoutes(deps),
  ...uploadRoutes(deps),
  ...authRoutes(deps),
  ...userRoutes(deps),
  ...contactRoutes(deps),
  ...deviceRoutes(deps),
];
