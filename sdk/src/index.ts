export { Client, type ClientOptions, createClient } from './client.ts';
export type { ClientEvents } from './client-events.ts';
export type { ConnectionState } from './connection-state.ts';
export type { ChatConversation } from './conversation-view.ts';
export type { ContactContent, Draft, LinkContent, LocationContent, MediaContent } from './draft.ts';
export { type ClientErrorCode, ParleyError } from './errors.ts';
export type * from './generated/protocol.ts';
export type { ChatMessage, MessageStatus, Quote } from './message-view.ts';
export { type ClientStorage, memoryStorage, type WebStorage, webStorage } from './storage.ts';
