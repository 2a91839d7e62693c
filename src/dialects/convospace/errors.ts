import { EngineError, type ErrorCode } from '../../engine/shared/errors.ts';
import { InvalidFields } from '../kit/fields.ts';

/** A refusal in this door's own words: what the client shows. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/**
 * Status and text of each engine error, where the route that meets it has no words of its own. At a 401 clients renew their
 * session or sign out, so it says only that a session is not good.
 */
const usual: Record<ErrorCode, readonly [status: number, text: string]> = {
  invalid_request: [400, 'Invalid request'],
  invalid_text: [400, 'Invalid request'],
  payload_too_large: [413, 'Request body too large'],
  rate_limited: [429, 'Too many requests, please try again later'],
  unauthenticated: [401, 'Invalid token'],
  token_expired: [401, 'Token has expired'],
  session_revoked: [401, 'Invalid or expired session'],
  account_suspended: [401, 'User not found or inactive'],
  forbidden: [403, 'Access denied'],
  invalid_phone: [400, 'Invalid phone_number'],
  code_invalid: [400, 'Invalid or expired OTP'],
  code_expired: [400, 'Invalid or expired OTP'],
  code_attempts_exceeded: [400, 'Invalid or expired OTP'],
  credentials_invalid: [400, 'Invalid credentials'],
  refresh_token_invalid: [401, 'Invalid refresh token'],
  refresh_token_reused: [401, 'Invalid refresh token'],
  identity_taken: [400, 'Username already taken'],
  password_too_weak: [400, 'Password is too weak'],
  sms_unavailable: [500, 'Failed to send OTP'],
  route_not_found: [404, 'Route not found'],
  not_supported: [404, 'Route not found'],
  person_not_found: [404, 'User not found'],
  session_not_found: [404, 'Session not found'],
  conversation_not_found: [404, 'Conversation not found'],
  message_not_found: [404, 'Message not found'],
  notification_not_found: [404, 'Notification not found'],
  report_not_found: [404, 'Report not found'],
  contact_not_found: [404, 'Contact not found'],
  device_not_found: [404, 'Device not found'],
  invite_not_found: [404, 'Invite not found'],
  join_request_not_found: [404, 'Request not found'],
  scheduled_not_found: [404, 'Message not found'],
  media_not_found: [404, 'File not found'],
  link_expired: [404, 'File not found'],
  client_id_conflict: [400, 'Invalid request'],
  conversation_with_self: [400, 'You cannot start a conversation with yourself'],
  contact_with_self: [400, 'You cannot add yourself as a contact'],
  block_with_self: [400, 'You cannot block yourself'],
  report_closed: [400, 'Report is closed'],
  message_deleted: [404, 'Message not found'],
  too_late: [403, 'Message is too old to change'],
  limit_reached: [400, 'Limit reached'],
  media_not_ready: [400, 'File is still being processed'],
  media_refused: [400, 'Invalid file type'],
  link_unavailable: [400, 'Link is not available'],
  link_previews_off: [403, 'Access denied'],
  not_permitted: [403, 'Access denied'],
  recipient_unavailable: [403, 'You cannot message this user'],
  shutting_down: [503, 'Server is restarting, please try again'],
  overloaded: [503, 'Server is busy, please try again'],
  storage_unavailable: [503, 'Server is busy, please try again'],
  storage_full: [507, 'Server storage is full'],
  internal: [500, 'Internal server error'],
};

/** Words of one route or event for engine errors that mean something special there. */
export type Words = { readonly [Code in ErrorCode]?: readonly [status: number, text: string] };

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

/** A failure of the server itself, in the words of the route that it befell. */
export class Failure extends Error {
  constructor(text: string, cause: unknown) {
    super(text, { cause });
    this.name = 'Failure';
  }
}

/**
 * Runs a handler, and says in a route's own words that the server itself has failed in it. What it refuses stays.
 *
 * @throws Failure
 */
export async function failingWith<Value>(text: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    const meant = error instanceof Refusal || error instanceof InvalidFields || error instanceof EngineError;
    if (meant && !(error instanceof EngineError && error.code === 'internal')) throw error;
    throw new Failure(text, error);
  }
}

/** An error as the client gets it: some read `error`, others `message`. */
export interface RenderedError {
  readonly status: number;
  readonly body: { readonly success: false; readonly error: string; readonly message: string };
}

/**
 * Renders any error. What nobody meant to throw is masked.
 *
 * @param report gets what was masked, and what is the server's own fault
 */
export function renderError(error: unknown, report: (cause: unknown) => void): RenderedError {
  if (error instanceof Refusal) return rendered(error.status, error.message);
  if (error instanceof InvalidFields) return rendered(400, error.message);
  if (!(error instanceof EngineError)) {
    const own = error instanceof Failure;
    report(own ? error.cause : error);
    return rendered(500, own ? error.message : 'Internal server error');
  }
  const [status, text] = usual[error.code];
  if (status >= 500) report(error);
  if (error.code === 'unauthenticated' && error.details.token === 'missing') return rendered(401, 'No token provided');
  if (error.code === 'session_revoked' && error.details.account === 'deleted') {
    return rendered(...usual.account_suspended);
  }
  const said = error.code === 'invalid_request' || error.code === 'invalid_text';
  return rendered(status, said ? error.message : text);
}

const rendered = (status: number, text: string): RenderedError => ({
  status,
  body: { success: false, error: text, message: text },
});
