/**
 * Every way in which the engine refuses, listed once. A door maps each code to its own status and words with an
 * exhaustive `Record<ErrorCode, ...>`, so that a new code does not compile until every door can render it.
 */
export const errorCodes = [
  // the request itself
  'invalid_request',
  'invalid_text',
  'payload_too_large',
  'rate_limited',
  // who is asking
  'unauthenticated',
  'token_expired',
  'session_revoked',
  'account_suspended',
  'forbidden',
  // signing in
  'invalid_phone',
  'code_invalid',
  'code_expired',
  'code_attempts_exceeded',
  'credentials_invalid',
  'refresh_token_invalid',
  'refresh_token_reused',
  'identity_taken',
  'password_too_weak',
  'sms_unavailable',
  // things that are not there (or must not be seen to be)
  'route_not_found',
  'not_supported',
  'person_not_found',
  'session_not_found',
  'conversation_not_found',
  'message_not_found',
  'report_not_found',
  'contact_not_found',
  'device_not_found',
  'notification_not_found',
  'invite_not_found',
  'join_request_not_found',
  'scheduled_not_found',
  'media_not_found',
  'link_expired',
  // conflicts
  'client_id_conflict',
  'conversation_with_self',
  'contact_with_self',
  'block_with_self',
  'report_closed',
  'message_deleted',
  'too_late',
  'limit_reached',
  'media_not_ready',
  // files
  'media_refused',
  // pages of others
  'link_unavailable',
  'link_previews_off',
  // what a person may not do
  'not_permitted',
  'recipient_unavailable',
  // the server
  'shutting_down',
  'overloaded',
  'storage_unavailable',
  'storage_full',
  'internal',
] as const;

/** A stable, machine-readable reason. Codes are never renamed; new ones may be added. */
export type ErrorCode = (typeof errorCodes)[number];

/** Facts about an error that are safe to show to the caller. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A refusal by the engine. Carries no status number: each door has its own. */
export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param code what went wrong
   * @param message one sentence for a developer that says what to change
   * @param details facts safe to show, such as `retryAfter` in seconds
   */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.details = details;
  }
}
