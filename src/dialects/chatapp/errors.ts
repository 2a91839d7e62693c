import { EngineError, type ErrorCode } from '../../engine/shared/errors.ts';
import { InvalidFields } from '../kit/fields.ts';

/** A refusal in this door's own words: what the client shows. */
export class Refusal extends Error {
  readonly status: number;
  /** More of the body, beside `success` and `message`. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.more = more;
  }
}

/** Status and text of each engine error, where the route that meets it has no words of its own. */
const usual: Record<ErrorCode, readonly [status: number, message: string]> = {
  invalid_request: [400, 'Validation failed'],
  invalid_text: [400, 'Validation failed'],
  payload_too_large: [413, 'Request body too large'],
  rate_limited: [429, 'Too many requests from this IP, please try again later.'],
  unauthenticated: [401, 'Token is not valid'],
  token_expired: [401, 'Token is not valid'],
  session_revoked: [401, 'Token is not valid'],
  // The client signs out at any 401, which is right here: the account cannot be used.
  account_suspended: [401, 'Token is not valid'],
  forbidden: [403, 'Access denied'],
  invalid_phone: [400, 'Please provide a valid phone number'],
  code_invalid: [400, 'Invalid OTP. Please try again.'],
  code_expired: [400, 'OTP has expired. Please request a new one.'],
  code_attempts_exceeded: [429, 'Too many failed attempts. Please request a new OTP.'],
  credentials_invalid: [400, 'Invalid credentials'],
  refresh_token_invalid: [401, 'Invalid token'],
  refresh_token_reused: [401, 'Invalid token'],
  identity_taken: [400, 'Username is already taken'],
  password_too_weak: [400, 'Password is too weak'],
  sms_unavailable: [500, 'Failed to send OTP. Please try again.'],
  route_not_found: [404, 'Route not found'],
  not_supported: [404, 'Route not found'],
  person_not_found: [404, 'User not found'],
  session_not_found: [404, 'Session not found'],
  conversation_not_found: [403, 'Access denied'],
  message_not_found: [404, 'Message not found'],
  report_not_found: [404, 'Report not found'],
  contact_not_found: [404, 'Contact not found'],
  device_not_found: [404, 'Device not found'],
  notification_not_found: [404, 'Notification not found'],
  invite_not_found: [404, 'Invite not found'],
  join_request_not_found: [404, 'Request not found'],
  scheduled_not_found: [404, 'Message not found'],
  media_not_found: [404, 'File not found'],
  link_expired: [404, 'File not found'],
  client_id_conflict: [400, 'This tempId was used for another message'],
  conversation_with_self: [400, 'Cannot start chat with yourself'],
  contact_with_self: [400, 'Cannot add yourself as contact'],
  block_with_self: [400, 'Cannot block yourself'],
  report_closed: [400, 'Report is closed'],
  message_deleted: [400, 'Message is already deleted'],
  too_late: [400, 'Message too old'],
  limit_reached: [400, 'Limit reached'],
  media_not_ready: [400, 'File is still being processed'],
  media_refused: [400, 'Invalid file type'],
  link_unavailable: [400, 'Link is not available'],
  link_previews_off: [403, 'Feature disabled'],
  not_permitted: [403, 'Access denied'],
  recipient_unavailable: [403, 'Access denied'],
  shutting_down: [503, 'Server is restarting, please try again'],
  overloaded: [503, 'Server is busy, please try again'],
  storage_unavailable: [503, 'Server is busy, please try again'],
  storage_full: [507, 'Server storage is full'],
  internal: [500, 'Internal server error'],
};

/** Words of one route or event for engine errors that mean something special there. */
export type Words = { readonly [Code in ErrorCode]?: readonly [status: number, message: string] };

/**
 * Runs a call of the engine and words its refusals.
 *
 * @throws Refusal
 */
export async function worded<Value>(words: Words, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    const own = error instanceof EngineError ? words[error.code] : undefined;
    if (own) throw new Refusal(own[0], own[1]);
    throw error;
  }
}

/** An error as the client gets it. */
export interface RenderedError {
  readonly status: number;
  readonly body: { readonly success: false; readonly message: string };
}

/**
 * Renders any error. What nobody meant to throw is masked.
 *
 * @param report gets what was masked, and what is the server's own fault
 */
export function renderError(error: unknown, report: (cause: unknown) => void): RenderedError {
  if (error instanceof Refusal) return rendered(error.status, error.message, error.more);
  if (error instanceof InvalidFields) {
    const errors = error.problems.map(({ path, value, message, location }) => ({
      type: 'field',
      value: shown(value),
      msg: message,
      path,
      location,
    }));
    return rendered(400, 'Validation failed', { errors });
  }
  if (!(error instanceof EngineError)) {
    report(error);
    return rendered(500, 'Internal server error');
  }
  const [status, message] = usual[error.code];
  if (status >= 500) report(error);
  if (error.code === 'unauthenticated' && error.details.token === 'missing') {
    return rendered(401, 'No token provided, authorization denied');
  }
  if (error.code === 'invalid_request' || error.code === 'invalid_text') {
    const path = String(error.details.path ?? '').replace(/^\//, '');
    return rendered(status, message, {
      errors: [{ type: 'field', value: '', msg: error.message, path, location: 'body' }],
    });
  }
  return rendered(status, message);
}

const rendered = (status: number, message: string, more: object = {}): RenderedError => ({
  status,
  body: { success: false, message, ...more },
});

/** A wrong value is shown back, but not a long one. */
const shown = (value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, 100) : typeof value === 'object' ? '' : value;
