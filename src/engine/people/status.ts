/** What a person has chosen to appear as. `offline`: others take them for somebody who is not there. */
export const availabilities = ['online', 'away', 'busy', 'offline'] as const;
export type Availability = (typeof availabilities)[number];

/** What a person says of what they do at the moment. */
export interface CustomStatus {
  /** Either may be empty, but not both. */
  readonly text: string;
  readonly emoji: string;
  /** From then on it is not shown any more; null: until it is changed. */
  readonly expiresAt: Date | null;
}

/** The columns of a person's status. */
export interface StatusColumns {
  readonly availability: Availability;
  readonly status_text: string | null;
  readonly status_emoji: string | null;
  readonly status_until: Date | null;
}

/** @param now in milliseconds: one that has expired is none */
export function customStatusOf(row: StatusColumns, now: number): CustomStatus | null {
  const { status_text: text, status_emoji: emoji, status_until: expiresAt } = row;
  if (text === null || (expiresAt !== null && expiresAt.getTime() <= now)) return null;
  return { text, emoji: emoji ?? '', expiresAt };
}
