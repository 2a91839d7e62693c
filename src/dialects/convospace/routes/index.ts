import type { Route } from '../../kit/rest.ts';
import type { ConvospaceDeps } from '../deps.ts';
import { authRoutes } from './auth.ts';
import { contactRoutes } from './contacts.ts';
import { conversationRoutes } from './conversations.ts';
import { fileRoutes } from './files.ts';
import { healthRoutes } from './health.ts';
import { messageRoutes } from './messages.ts';
import { notificationRoutes } from './notifications.ts';
import { userRoutes } from './users.ts';

/** Every REST route of the door. A subject adds its list here. */
export const convospaceRoutes = (deps: ConvospaceDeps): Route[] => [
  ...healthRoutes(deps),
  ...authRoutes(deps),
  ...userRoutes(deps),
  ...conversationRoutes(deps),
  ...messageRoutes(deps),
  ...contactRoutes(deps),
  ...notificationRoutes(deps),
  ...fileRoutes(deps),
];
