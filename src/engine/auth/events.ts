declare module '../shared/events.ts' {
  interface EventMap {
    /**
     * A session has ended before its time. Goes to all nodes, which forget it and close its connections, and is shown
     * to the person's other devices.
     */
    'session.revoked': {
      readonly personId: string;
      readonly sessionIds: readonly string[];
      readonly reason: RevokeReason;
    };
  }
}

/** Why a session was ended. */
export type RevokeReason =
  | 'signed_out'
  | 'revoked'
  | 'refresh_token_reused'
  | 'password_changed'
  | 'account_deleted'
  | 'suspended';
