import './events.ts';
import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { clearHistory } from './clear-history.ts';
import { deleteConversation } from './delete-conversation.ts';
import { hideMessages } from './hide-messages.ts';
import { getConversation, getUnread, listConversations } from './list-conversations.ts';
import { listStarred } from './list-starred.ts';
import { starMessage } from './star-message.ts';
import { sync } from './sync.ts';
import { updateSettings } from './update-settings.ts';

export { blocksChanged } from './blocks-changed.ts';
export { maxHiddenAtOnce } from './hide-messages.ts';
export { announceInbox, type MarkView, type OwnChangeView, ownViewEvent } from './own-change.ts';
export type { UnreadTotal } from './store.ts';
export type { FollowedGroup, FollowGroups, KnownConversation, SyncChange, SyncRequest, SyncResult } from './sync.ts';
export { maxPinned, type OwnSettings } from './update-settings.ts';
export type { ConversationView, OwnMemberView } from './views.ts';

/**
 * A person's conversations as they see them: the list, the counts, catching up, and what they do with them for themself.
 * Owns no table: what it changes, the stores of conversations and messages write.
 */
export function createInbox(deps: { database: Database; clock: Clock }) {
  return {
    list: listConversations(deps),
    get: getConversation(deps),
    unread: getUnread(deps),
    sync: sync(deps),
    updateSettings: updateSettings(deps),
    clearHistory: clearHistory(deps),
    deleteConversation: deleteConversation(deps),
    hideMessages: hideMessages(deps),
    starMessage: starMessage(deps),
    listStarred: listStarred(deps),
  };
}

export type Inbox = ReturnType<typeof createInbox>;
