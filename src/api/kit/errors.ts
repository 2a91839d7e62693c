import { EngineError, type ErrorCode } from '../../engine/shared/errors.ts';

/** The native door's status for each engine error. */
export const statusOf: Record<ErrorCode, number> = {
  invalid_request: 400,
  invalid_text: 400,
  payload_too_large: 413,
  rate_limited: 429,
  unauthenticated: 401,
  token_expired: 401,
  session_revoked: 401,
  account_suspended: 403,
  forbidden: 403,
  invalid_phone: 400,
  code_invalid: 400,
  code_expired: 400,
  code_attempts_exceeded: 400,
  credentials_invalid: 400,
  refresh_token_invalid: 401,
  refresh_token_reused: 401,
  identity_taken: 409,
  password_too_weak: 400,
  sms_unavailable: 503,
  route_not_found: 404,
  not_supported: 404,
  person_not_found: 404,
  session_not_found: 404,
  conversation_not_found: 404,
  message_not_found: 404,
  report_not_found: 404,
  contact_not_found: 404,
  device_not_found: 404,
  notification_not_found: 404,
  invite_not_found: 404,
  join_request_not_found: 404,
  scheduled_not_found: 404,
  media_not_found: 404,
  link_expired: 410,
  client_id_conflict: 409,
  conversation_with_self: 400,
  contact_with_self: 400,
  block_with_self: 400,
  report_closed: 409,
  message_deleted: 409,
  too_late: 409,
  limit_reached: 409,
  media_not_ready: 409,
  media_refused: 422,
  link_unavailable: 422,
  link_previews_off: 403,
  not_permitted: 403,
  recipient_unavailable: 403,
  shutting_down: 503,
  overloaded: 503,
  storage_unavailable: 503,
  storage_full: 507,
  internal: 500,
};

/** An error as the native door shows it, over REST and over sockets. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Names the request in the server's log. */
  readonly requestId?: string;
}

/**
 * Renders any error. One that the engine did not mean to throw is masked: its text may tell of the inside.
 *
 * @param report gets what was masked
 */
export function renderError(error: unknown, report: (error: unknown) => void): WireError {
  if (!(error instanceof EngineError)) {
    report(error);
    return { code: 'internal', message: 'The server failed. The request id names the entry in its log.', details: {} };
  }
  if (statusOf[error.code] >= 500) report(error);
  return { code: error.code, message: error.message, details: error.details };
}
