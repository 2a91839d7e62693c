import type { MessageView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** A message has been stored. */
    'message.created': { readonly message: MessageView };
  }
}
