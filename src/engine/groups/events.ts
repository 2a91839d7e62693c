import type { JoinRequestView } from './views.ts';

declare module '../shared/events.ts' {
  interface EventMap {
    /** Somebody asks to come into a group, or was answered, or does not ask any more. To its admins and to the person. */
    'join_request.changed': {
      readonly conversationId: string;
      readonly request: JoinRequestView;
      readonly state: JoinRequestState;
    };
  }
}

export type JoinRequestState = 'waiting' | 'approved' | 'denied' | 'withdrawn';
