/** A direct conversation has two people for ever, a group has members who come and go. */
export type ConversationKind = 'direct' | 'group';

/** What a member may do. A group has one owner; in a direct conversation both are members. */
export type MemberRole = 'owner' | 'admin' | 'member';

/** Who may do something in a group. */
export type GroupPermission = 'all' | 'admins';
