/** A one-time code on its way to a person. */
export interface CodeToDeliver {
  /** As the person gave it: in E.164, or in the form of the door that takes it. */
  readonly number: string;
  readonly code: string;
  readonly expiresAt: Date;
}

/**
 * Brings one-time codes to people for a door that does not send them by SMS. Resolves when they are taken over, and rejects
 * within a bounded time where they are not.
 */
export type DeliverCode = (code: CodeToDeliver) => Promise<void>;
