import type { ReceiptChange } from './mark-receipt.ts';
import type { MemberRole } from './roles.ts';
import type { NewConversationView } from './start-direct.ts';
import type { ConversationFacts, MemberView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A conversation exists that was not there before, or the person has come into a group. To each of `people` in it. */
    'conversation.joined': { readonly conversation: NewConversationView };
    /** Title, description, photo, settings or the time after which messages vanish have changed. */
    'conversation.updated': {
      readonly conversation: ConversationFacts;
      /** Which of its facts are others than before, beside `rev`. */
      readonly changed: readonly (keyof ConversationFacts)[];
      /** null for the server, which has removed what was too old. */
      readonly by: string | null;
    };
    /** A group was closed for everybody. */
    'conversation.closed': { readonly conversationId: string; readonly by: string };
    /** People have come into a group. To the members who were there before, and the new ones' own devices too. */
    'members.joined': {
      readonly conversationId: string;
      readonly rev: number;
      readonly memberCount: number;
      /** None where they are more than are shown. */
      readonly members: readonly MemberView[];
      /** All of them. */
      readonly personIds: readonly string[];
      /** Who added them; they themselves where they came by a link. */
      readonly by: string;
    };
    /** A person has left a group or was removed. To the other members and to them; nothing else follows for them. */
    'member.left': {
      readonly conversationId: string;
      readonly rev: number;
      readonly memberCount: number;
      readonly personId: string;
      /** Who removed them; they themselves where they left. */
      readonly by: string;
      /** Others whose role changed by it: a new owner. */
      readonly roles: readonly { readonly personId: string; readonly role: MemberRole }[];
    };
    /** Members have other roles. */
    'members.updated': {
      readonly conversationId: string;
      readonly rev: number;
      readonly roles: readonly { readonly personId: string; readonly role: MemberRole }[];
      readonly by: string;
    };
    /** For all nodes: what they remember about who is in a conversation, or about its people, is out of date. */
    'membership.changed': { readonly conversationId: string };
    /** A member's watermarks have moved forward. */
    'receipt.updated': ReceiptChange;
    /** I have read a conversation on one of my devices. Not stored: `receipt.updated` says how far. To my own devices. */
    'conversation.read': { readonly conversationId: string };
    /** A member has started or stopped typing. Not stored; a start without a stop ends after a few seconds. */
    'typing.changed': { readonly conversationId: string; readonly personId: string; readonly typing: boolean };
    /** A member has opened a conversation on a device, or has closed it. Not stored; for others who have it open. */
    'viewing.changed': { readonly conversationId: string; readonly personId: string; readonly viewing: boolean };
  }
}
