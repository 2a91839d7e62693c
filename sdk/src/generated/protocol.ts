// Made from the schemas of the server by `npm run docs`. Do not edit.

/** Every reason for which the server refuses. New ones may be added. */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_text'
  | 'payload_too_large'
  | 'rate_limited'
  | 'unauthenticated'
  | 'token_expired'
  | 'session_revoked'
  | 'invalid_phone'
  | 'code_invalid'
  | 'code_expired'
  | 'code_attempts_exceeded'
  | 'credentials_invalid'
  | 'refresh_token_invalid'
  | 'refresh_token_reused'
  | 'identity_taken'
  | 'password_too_weak'
  | 'sms_unavailable'
  | 'route_not_found'
  | 'person_not_found'
  | 'session_not_found'
  | 'conversation_not_found'
  | 'message_not_found'
  | 'client_id_conflict'
  | 'conversation_with_self'
  | 'shutting_down'
  | 'overloaded'
  | 'storage_unavailable'
  | 'internal';

export interface OwnProfile {
  /** The person. */
  id: string;
  /** Empty while none is set, and after the account was deleted. */
  name: string;
  username: string | null;
  about: string;
  /** The account was deleted; its messages stay. */
  deleted: boolean;
  /** Grows with each change. */
  version: number;
  role: 'user' | 'admin';
  /** When the account was made. */
  createdAt: string;
  identities: {
    kind: 'phone' | 'email' | 'username';
    value: string;
    verified: boolean;
  }[];
}

export interface Person {
  /** The person. */
  id: string;
  /** Empty while none is set, and after the account was deleted. */
  name: string;
  username: string | null;
  about: string;
  /** The account was deleted; its messages stay. */
  deleted: boolean;
  /** Grows with each change. */
  version: number;
}

export interface Message {
  /** The message. */
  id: string;
  /** Where it was sent. */
  conversationId: string;
  /** Its place in the conversation: 1, 2, 3 ... without gaps. */
  seq: number;
  /** The conversation's change counter at the last change of this message. */
  rev: number;
  /** Who sent it. */
  senderId: string;
  /** The sender's own name for it. */
  clientId: string | null;
  kind: 'text';
  text: string;
  /** When it was stored. Order is by `seq`, not by this. */
  createdAt: string;
}

export interface Conversation {
  /** The conversation. */
  id: string;
  kind: 'direct';
  /** When it was started. */
  createdAt: string;
  /** When something was last said, or it was started. */
  lastActivityAt: string;
  /** `seq` of the latest message; 0 where there is none. */
  lastSeq: number;
  /** Number of changes to the conversation so far. */
  rev: number;
  /**
   * `rev`, plus `read`, `delivered` and `person.version` of all members. Two equal versions mean the same state; a
   * client computes it from what it holds, and sends it with `sync`.
   */
  version: number;
  members: Member[];
  lastMessage: Message | null;
  /** Messages of others after my `read`. */
  unread: number;
}

export interface Member {
  person: Person;
  /** Has read everything up to this `seq`. */
  read: number;
  /** Everything up to this `seq` has reached a device of the person. */
  delivered: number;
}

export interface Receipt {
  /** The conversation. */
  conversationId: string;
  /** Whose watermarks. */
  personId: string;
  /** Everything up to this `seq` is read. */
  read: number;
  /** Everything up to this `seq` is delivered. */
  delivered: number;
}

export interface PresenceState {
  /** The person. */
  personId: string;
  online: boolean;
  /** When they were last online; while online, when they came. */
  lastSeenAt: string | null;
}

export interface Session {
  /** The session. */
  id: string;
  /** The door that it was opened through. */
  door: string;
  deviceName: string | null;
  userAgent: string | null;
  ip: string;
  /** When the device signed in. */
  createdAt: string;
  /** Last use, to within some minutes. */
  lastUsedAt: string;
  /** It is the session that asks. */
  current: boolean;
}

export interface SignInEntry {
  /** The entry. */
  id: string;
  /** When. */
  at: string;
  method: 'code' | 'password';
  succeeded: boolean;
  /** Error code of a failure. */
  failure: string | null;
  door: string;
  ip: string;
  userAgent: string | null;
  deviceName: string | null;
}

export interface SignedIn {
  tokens: Tokens;
  profile: OwnProfile;
  /** This made the account. */
  isNew: boolean;
}

export interface Tokens {
  /** The session that the tokens belong to. */
  sessionId: string;
  /** For `Authorization: Bearer` and for the handshake of the socket. */
  accessToken: string;
  /** From then on it is refused with `token_expired`. */
  accessTokenExpiresAt: string;
  /** Good for one use. null for an opaque session. */
  refreshToken: string | null;
}

/** Everything that a client can do, by name. */
export interface Operations {
  /** Send a one-time code to a phone. The code is good for five minutes and five tries, and replaces the one before. */
  'codes.request': {
    input: {
      /** Phone number in international form. */
      phone: string;
    };
    output: {
      /** The number in E.164. */
      phone: string;
      /** When the code expires. */
      expiresAt: string;
    };
  };
  /** Sign in by phone and code. Makes the account where the phone has none. */
  'sessions.createByCode': {
    input: {
      /** Phone number in international form. */
      phone: string;
      /** The six digits that were sent. */
      code: string;
      name?: string | undefined;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /** Make an account with a password, and sign in. */
  'accounts.create': {
    input: {
      name: string;
      email?: string | undefined;
      username?: string | undefined;
      password: string;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /** Sign in by e-mail address, username or phone, and password. */
  'sessions.createByPassword': {
    input: {
      /** E-mail address, username or phone number. */
      login: string;
      password: string;
      /** How the person knows the device again in the list of sessions. */
      deviceName?: string | undefined;
      /**
       * `rotating` (if not given): a JWT access token of 15 minutes and a refresh token for one use. `opaque`: one
       * token that stays valid while it is used.
       */
      tokens?: 'rotating' | 'opaque' | undefined;
    };
    output: SignedIn;
  };
  /**
   * Exchange a refresh token for new tokens. Each refresh token is good once. Using it again ends the session, unless
   * it is the repetition of a request whose answer was lost: send the same `requestKey` with it.
   */
  'sessions.refresh': {
    input: {
      refreshToken: string;
      /** Random, new for each refresh. */
      requestKey?: string | undefined;
    };
    output: Tokens;
  };
  /** List my devices. */
  'sessions.list': {
    input: Record<string, never>;
    output: {
      items: Session[];
    };
  };
  /** Sign out here. */
  'sessions.deleteCurrent': {
    input: Record<string, never>;
    output: null;
  };
  /** Sign out everywhere. */
  'sessions.deleteAll': {
    input: Record<string, never>;
    output: null;
  };
  /** Sign out another device. Its tokens are refused and its sockets closed at once. */
  'sessions.delete': {
    input: {
      /** The session to end. */
      sessionId: string;
    };
    output: null;
  };
  /** My login history, failures included. */
  'signIns.list': {
    input: {
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: SignInEntry[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /** Set or change my password. Ends my other sessions. `current` is needed where there is a password. */
  'me.setPassword': {
    input: {
      current?: string | undefined;
      next: string;
    };
    output: null;
  };
  /** Add a phone number to my account. Request a code for it first. */
  'me.addPhone': {
    input: {
      /** Phone number in international form. */
      phone: string;
      /** The six digits that were sent. */
      code: string;
    };
    output: null;
  };
  /** Delete my account. At once and for good. Messages that others received stay theirs, without my name. */
  'me.delete': {
    input: Record<string, never>;
    output: null;
  };
  /** My profile. */
  'me.get': {
    input: Record<string, never>;
    output: OwnProfile;
  };
  /** Change my profile. */
  'me.update': {
    input: {
      name?: string | undefined;
      /** 3 to 30 letters, digits, dots or underscores. */
      username?: string | null | undefined;
      about?: string | undefined;
    };
    output: OwnProfile;
  };
  /**
   * Find people. By part of a name or username, or by a whole phone number in international form. The best matches
   * first.
   */
  'people.search': {
    input: {
      /** What to look for. */
      q: string;
      /** At most 50; 20 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Person[];
    };
  };
  /** One person. */
  'people.get': {
    input: {
      /** The person. */
      personId: string;
    };
    output: Person;
  };
  /**
   * Start, or find, my conversation with a person. A pair has one direct conversation; asking again gives the same (200
   * instead of 201).
   */
  'conversations.startDirect': {
    input: {
      /** The other person. */
      personId: string;
    };
    output: {
      conversation: Conversation;
      created: boolean;
    };
  };
  /** My conversations, the last active first. */
  'conversations.list': {
    input: {
      /** `next` of the page before. Without it, the first page. */
      cursor?: string | undefined;
      /** At most 200; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Conversation[];
      /** Cursor of the next page; null on the last. */
      next: string | null;
    };
  };
  /** One conversation. */
  'conversations.get': {
    input: {
      /** The conversation. */
      conversationId: string;
    };
    output: Conversation;
  };
  /** How much I have not read. */
  'unread.get': {
    input: Record<string, never>;
    output: {
      messages: number;
      conversations: number;
    };
  };
  /**
   * Say how far I have read or received. Watermarks only move forward: a stale one changes nothing, one beyond the last
   * message means the last message.
   */
  'receipts.mark': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** I have read everything up to this `seq`; it is delivered too. */
      read?: number | undefined;
      /** Everything up to this `seq` has reached this device. */
      delivered?: number | undefined;
    };
    output: Receipt;
  };
  /**
   * Say that I type, or have stopped. Repeat it every 3 seconds while typing; the others forget it 6 seconds after the
   * last.
   */
  'typing.set': {
    input: {
      /** The conversation. */
      conversationId: string;
      typing: boolean;
    };
    output: null;
  };
  /**
   * Catch up with everything that I lack. Compares what the client holds with what is, and brings the difference. Over
   * the socket it also opens the live stream: events flow after the answer, and between them nothing is lost or
   * doubled. Apply the changes; while `more` is true, sync again.
   */
  'sync': {
    input: {
      /** What the client holds. Leave it out to start from nothing. */
      known?: {
        /** A conversation that the client holds. */
        id: string;
        /** It has all messages from some point up to this one. */
        seq: number;
        /** Version of the conversation, computed from what it holds. */
        version: number;
      }[] | undefined;
      /** The client keeps this many of the latest conversations, and is told of new ones among these. */
      window?: number | undefined;
    };
    output: {
      changes: {
        conversation: Conversation;
        /** What follows the client's `seq`; with `reset`, the latest messages. */
        messages: Message[];
        /** Drop the messages that you hold of the conversation, and begin with these. */
        reset: boolean;
      }[];
      /** Known conversations in which I am no more. */
      removed: string[];
      /** Apply this, and sync again. */
      more: boolean;
    };
  };
  /**
   * Send a message. The answer means that it is stored for good. Give it a `clientId` and repeat it after a lost
   * answer: the second time gives the first one's answer with `duplicate: true`. The same `clientId` with another text
   * is refused (`client_id_conflict`). Over the socket, the answer may come after events of later messages: place
   * messages by `seq`.
   */
  'messages.send': {
    input: {
      /** The conversation. */
      conversationId: string;
      text: string;
      /** Unique among my messages in the conversation. */
      clientId?: string | undefined;
    };
    output: {
      message: Message;
      duplicate: boolean;
    };
  };
  /**
   * Read the history. Ascending by `seq`. With none of `before`, `after` and `around`: the latest page. At most one of
   * them.
   */
  'messages.list': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** Messages with a smaller `seq`, the nearest. */
      before?: number | undefined;
      /** Messages with a larger `seq`, the nearest. */
      after?: number | undefined;
      /** Messages on both sides of this `seq`, and it. */
      around?: number | undefined;
      /** At most 100; 50 if not given. */
      limit?: number | undefined;
    };
    output: {
      items: Message[];
    };
  };
  /** One message. */
  'messages.get': {
    input: {
      /** The conversation. */
      conversationId: string;
      /** The message. */
      messageId: string;
    };
    output: Message;
  };
  /**
   * Who of these people is online. People with whom I share no conversation are left out. Over the socket, the
   * connection also gets changes of presence and profile of these people from now on, instead of those of the call
   * before.
   */
  'presence.watch': {
    input: {
      /** Ids, separated by commas; at most 500. */
      people: string;
    };
    output: {
      items: PresenceState[];
    };
  };
}

/** Each operation's REST route. What is neither in the path nor in the query goes into the body. */
export const routes = {
  'codes.request': { method: 'POST', path: '/codes', query: [] },
  'sessions.createByCode': { method: 'POST', path: '/sessions/by-code', query: [] },
  'accounts.create': { method: 'POST', path: '/accounts', query: [] },
  'sessions.createByPassword': { method: 'POST', path: '/sessions/by-password', query: [] },
  'sessions.refresh': { method: 'POST', path: '/sessions/refresh', query: [] },
  'sessions.list': { method: 'GET', path: '/sessions', query: [] },
  'sessions.deleteCurrent': { method: 'DELETE', path: '/sessions/current', query: [] },
  'sessions.deleteAll': { method: 'DELETE', path: '/sessions', query: [] },
  'sessions.delete': { method: 'DELETE', path: '/sessions/:sessionId', query: [] },
  'signIns.list': { method: 'GET', path: '/sign-ins', query: ['cursor', 'limit'] },
  'me.setPassword': { method: 'PUT', path: '/me/password', query: [] },
  'me.addPhone': { method: 'PUT', path: '/me/phone', query: [] },
  'me.delete': { method: 'DELETE', path: '/me', query: [] },
  'me.get': { method: 'GET', path: '/me', query: [] },
  'me.update': { method: 'PATCH', path: '/me', query: [] },
  'people.search': { method: 'GET', path: '/people', query: ['q', 'limit'] },
  'people.get': { method: 'GET', path: '/people/:personId', query: [] },
  'conversations.startDirect': { method: 'POST', path: '/conversations/direct', query: [] },
  'conversations.list': { method: 'GET', path: '/conversations', query: ['cursor', 'limit'] },
  'conversations.get': { method: 'GET', path: '/conversations/:conversationId', query: [] },
  'unread.get': { method: 'GET', path: '/unread', query: [] },
  'receipts.mark': { method: 'PUT', path: '/conversations/:conversationId/receipt', query: [] },
  'typing.set': { method: 'PUT', path: '/conversations/:conversationId/typing', query: [] },
  'sync': { method: 'POST', path: '/sync', query: [] },
  'messages.send': { method: 'POST', path: '/conversations/:conversationId/messages', query: [] },
  'messages.list': {
    method: 'GET',
    path: '/conversations/:conversationId/messages',
    query: ['before', 'after', 'around', 'limit'],
  },
  'messages.get': { method: 'GET', path: '/conversations/:conversationId/messages/:messageId', query: [] },
  'presence.watch': { method: 'GET', path: '/presence', query: ['people'] },
} as const satisfies Record<keyof Operations, { method: string; path: string; query: readonly string[] }>;

/** What each event carries, by type. */
export interface Events {
  /** A message was sent in one of my conversations. */
  'message.created': {
    message: Message;
  };
  /** A conversation with me was started. */
  'conversation.created': {
    conversation: Conversation;
  };
  /** A member has read or received more; also sent to my other devices. */
  'receipt.updated': Receipt;
  /** A member types, or has stopped. Forget it 6 seconds after the last one that says `true`. */
  'typing.changed': {
    /** Where. */
    conversationId: string;
    /** Who. */
    personId: string;
    typing: boolean;
  };
  /** A person that I watch has come online or left. */
  'presence.changed': PresenceState;
  /** I, or a person that I watch, changed the profile. */
  'person.updated': {
    person: Person;
  };
  /** Other devices of mine were signed out. */
  'session.revoked': {
    /** I. */
    personId: string;
    sessionIds: string[];
    /** `signed_out`, `revoked`, `refresh_token_reused`, `password_changed` or `account_deleted`. */
    reason: string;
  };
  /** This session was ended. The connection closes now; sign in again. */
  'session.ended': {
    reason: string;
  };
  /** The server stops. The connection closes now; reconnect and sync. */
  'server.draining': Record<string, never>;
  /** A command without an acknowledgement was refused. */
  'error': {
    command: string;
    error: unknown;
  };
}

/** An event as it comes over the socket, in arrays under the name `events`. */
export type WireEvent = { [Type in keyof Events]: { type: Type; data: Events[Type] } }[keyof Events];
