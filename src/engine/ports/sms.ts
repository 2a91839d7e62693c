/**
 * Sends text messages to phones.
 *
 * Guarantees: resolves when the provider has accepted the message, not when it has arrived; may deliver twice after a
 * time-out. Rejects with any error where the provider did not accept it.
 */
export interface SmsSender {
  /** Whether messages reach real phones. Where they are only printed, the number may be one that cannot be anybody's. */
  readonly real: boolean;
  /**
   * @param to E.164
   * @param message what to say; an adapter may word it as its provider demands
   */
  send(to: string, message: SmsMessage): Promise<void>;
}

/** A message by meaning, so that an adapter may use the provider's template for it. */
export type SmsMessage = { readonly kind: 'one-time-code'; readonly code: string };
