/** The statements that inbox-plan.test.ts and search-plan.test.ts look at, each of which fails where one of its own did not run. */
export const inboxStatements = [
  'standings',
  'conversations-by-id',
  'conversation-page',
  'unread-total',
  'unread-from',
  'messages-since',
  'messages-changed',
  'starred-messages',
  'history-below',
  'history-from',
] as const;

export const searchStatements = [
  'search-scope',
  'search-scopes',
  'candidate-blocks',
  'block-messages',
  'messages-of-kind',
] as const;
