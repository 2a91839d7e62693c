import './events.ts';
import type { Database } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { clearHistory } from './clear-history.ts';
import { deleteConversation } from './delete-conversation.ts';
import { hideMessages } from './hide-messages.ts';
import { getConversation, getUnread, listConversations } from './list-conversations.ts';
import { followedGroups } from './list-groups.ts';
import { getShownConversation, listShownConversations } from './list-shown.ts';
import { listStarred } from './list-starred.ts';
import { getShown, listShown, showPlaces } from './read-shown.ts';
import { starMessage } from './star-message.ts';
import { sync } from './sync.ts';
import { updateSettings } from './update-settings.ts';

export { blocksChanged } from './blocks-changed.ts';
export { maxHiddenAtOnce } from './hide-messages.ts';
export { maxShownConversations, type ShownConversation, type ShownConversationQuery } from './list-shown.ts';
export { announceInbox, type MarkView, type OwnChangeView, ownViewEvent } from './own-change.ts';
export { maxShownOffset, maxShownPlaces, type ShownPage, type ShownQuery } from './read-shown.ts';
export { maxReceiptsShown, type Reach, type ReceiptOfMember, type ShownMessage } from './shown-messages.ts';
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
    listShown: listShownConversations(deps),
    getShown: getShownConversation(deps),
    unread: getUnread(deps),
    sync: sync(deps),
    groups: followedGroups(deps),
    updateSettings: updateSettings(deps),
    clearHistory: clearHistory(deps),
    deleteConversation: deleteConversation(deps),
    hideMessages: hideMessages(deps),
    starMessage: starMessage(deps),
    listStarred: listStarred(deps),
    history: listShown(deps),
    message: getShown(deps),
    show: showPlaces(deps),
  };
}

export type Inbox = ReturnType<typeof createInbox>;
