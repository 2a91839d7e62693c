import { type Availability, type CustomStatus, customStatusOf, type SeenRow } from '../people/index.ts';

/** Whether a person is there, and what they say of it, as others may see it. */
export interface PresenceView {
  readonly personId: string;
  readonly online: boolean;
  /** null where it was never seen. While online: when they came. */
  readonly lastSeenAt: Date | null;
  /** `offline` while they are not online, or do not want to appear so. */
  readonly availability: Availability;
  readonly customStatus: CustomStatus | null;
}

/**
 * @param connected whether they have a connection
 * @param now in milliseconds
 */
export function presenceView(row: SeenRow, connected: boolean, now: number): PresenceView {
  const online = connected && row.availability !== 'offline';
  return {
    personId: row.id,
    online,
    lastSeenAt: row.last_seen_at,
    availability: online ? row.availability : 'offline',
    customStatus: customStatusOf(row, now),
  };
}
