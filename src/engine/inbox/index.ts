import type { Database } from '../ports/database.ts';
import { getConversation, getUnread, listConversations } from './list-conversations.ts';
import { sync } from './sync.ts';

export type { KnownConversation, SyncChange, SyncRequest, SyncResult } from './sync.ts';
export type { ConversationView, MemberView } from './views.ts';

/** A person's conversations as they see them: the list, the counts, and catching up. Reads only; owns no table. */
export function createInbox(deps: { database: Database }) {
  return {
    list: listConversations(deps),
    get: getConversation(deps),
    unread: getUnread(deps),
    sync: sync(deps),
  };
}

export type Inbox = ReturnType<typeof createInbox>;
