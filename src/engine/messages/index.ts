import './events.ts';
import type { Database, Migration } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { Publish } from '../shared/events.ts';
import { deleteMessage, deleteMessages } from './delete-messages.ts';
import { editMessage } from './edit-message.ts';
import { expireMessages } from './expire-messages.ts';
import { forwardMessages } from './forward-messages.ts';
import { type HoldMedia, takeContent } from './hold-files.ts';
import { listEdits } from './list-edits.ts';
import { getMessage, listMessages } from './list-messages.ts';
import { listPins } from './list-pins.ts';
import { listSeenBy } from './list-seen-by.ts';
import { locateMessage } from './locate-message.ts';
import { messages } from './migrations/0004-messages.ts';
import { search } from './migrations/0009-search.ts';
import { messageContent } from './migrations/0011-message-content.ts';
import { messageActions } from './migrations/0013-message-actions.ts';
import { retention } from './migrations/0016-retention.ts';
import { pinMessage, unpinMessage } from './pin-message.ts';
import type { MessageWindows } from './policy.ts';
import { deleteMarksOf } from './removal-store.ts';
import { type Retention, removeOldMessages } from './remove-old-messages.ts';
import { MessageWriter } from './send-message.ts';
import { removeReaction, setReaction } from './set-reaction.ts';

export { assertSendable } from './assert-sendable.ts';
export type { MessageOutcome, MessagePlace } from './change-message.ts';

export {
  contentSchemas,
  linkLimits,
  type MediaItem,
  type MessageContent,
  type MessageKind,
  maxTextLength,
  messageKinds,
  type SystemContent,
} from './content.ts';
export { maxDeletions } from './delete-messages.ts';
export { maxEmojiLength } from './emoji.ts';
export type { ReactionChange } from './events.ts';
export { maxForwards } from './forward-messages.ts';
export { filesOf, type HoldMedia } from './hold-files.ts';
export type { LocatedMessage } from './locate-message.ts';
export { clearMarks, findPlaces, hideMessages, type MarkedPlace, type Marking, starMessage } from './marks-store.ts';
export { maxMentions } from './mentions.ts';
export { type ForwardedFrom, forwardedFrom, type MessageContext } from './message-context.ts';
export { messageData } from './my-data.ts';
export { messageDeleted, messageNotFound } from './policy.ts';
export { findQuoted, placeKey, type QuotedView } from './quoted-store.ts';
export type { Mention, ReplyTo } from './references.ts';
export type { Retention } from './remove-old-messages.ts';
export { forgetSearchBlocks, forgetSearchBlocksSql, searchBlockSize } from './search-index.ts';
export { type SearchableMessage, searchableContentSql, searchableText } from './searchable-text.ts';
export type { NewMessage, SendAck } from './send-message.ts';
export { findPlace, isShown, selectFormer, selectShown } from './shown-store.ts';
export {
  findMessage,
  findMessagesBySeq,
  type HistoryRange,
  joinMarks,
  type MessageRow,
  messageColumns,
  type Viewing,
} from './store.ts';
export { storeSystemMessage } from './system-message.ts';
export { goneSince, type MessageView, messageView, type Reaction } from './views.ts';

export const messageMigrations: readonly Migration[] = [messages, search, messageContent, messageActions, retention];

/** Messages: sending, reading what was sent, what people do with it, and what becomes of it with time. */
export function createMessages(deps: {
  database: Database;
  clock: Clock;
  publish: Publish;
  retention: Retention;
  windows: MessageWindows;
  hold: HoldMedia;
  /** Most files of a new message. */
  filesPerMessage: number;
}) {
  const writer = new MessageWriter(deps);
  return {
    send: writer.send.bind(writer),
    /** Checks the content of a message that is sent later, and keeps its files for now; see `assertSendable`. */
    takeContent: takeContent(deps),
    list: listMessages(deps),
    get: getMessage(deps),
    locate: locateMessage(deps),
    /** Deletes what a person has hidden and starred, in the transaction that deletes their account. */
    eraseMarks: deleteMarksOf,
    /** Empties the messages whose time is up. Run it every second, on all nodes. */
    expire: expireMessages(deps),
    /** One step of removing messages that are too old. Run it now and then, on all nodes. */
    removeOld: removeOldMessages(deps),
    edit: editMessage(deps),
    edits: listEdits(deps),
    delete: deleteMessage(deps),
    deleteMany: deleteMessages(deps),
    setReaction: setReaction(deps),
    removeReaction: removeReaction(deps),
    pin: pinMessage(deps),
    unpin: unpinMessage(deps),
    pins: listPins(deps),
    forward: forwardMessages({ ...deps, writer }),
    seenBy: listSeenBy(deps),
    /** Resolves when no message waits to be stored. */
    idle: () => writer.idle(),
  };
}

export type Messages = ReturnType<typeof createMessages>;
