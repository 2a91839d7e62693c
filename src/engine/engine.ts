import type { AuditLog } from './audit/index.ts';
import type { Auth } from './auth/index.ts';
import type { Contacts } from './contacts/index.ts';
import type { Conversations } from './conversations/index.ts';
import type { Devices } from './devices/index.ts';
import type { Groups } from './groups/index.ts';
import type { Inbox } from './inbox/index.ts';
import type { LinkPreviews } from './link-previews/index.ts';
import type { Media } from './media/index.ts';
import type { Messages } from './messages/index.ts';
import type { Moderation } from './moderation/index.ts';
import type { MyData } from './my-data/index.ts';
import type { Notifications } from './notifications/index.ts';
import type { People } from './people/index.ts';
import type { Preferences } from './preferences/index.ts';
import type { Presence } from './presence/index.ts';
import type { Scheduling } from './scheduling/index.ts';
import type { Search } from './search/index.ts';

/** The features, as doors call them. */
export interface Engine {
  readonly auth: Auth;
  readonly people: People;
  readonly contacts: Contacts;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly inbox: Inbox;
  readonly presence: Presence;
  readonly moderation: Moderation;
  readonly auditLog: AuditLog;
  readonly search: Search;
  readonly scheduling: Scheduling;
  readonly myData: MyData;
  readonly media: Media;
  readonly linkPreviews: LinkPreviews;
  readonly preferences: Preferences;
  readonly devices: Devices;
  readonly notifications: Notifications;
}
