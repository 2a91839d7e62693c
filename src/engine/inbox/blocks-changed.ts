import { bumpOwnVersions } from '../conversations/index.ts';
import type { UnitOfWork } from '../ports/database.ts';
import { announceInboxes } from './own-change.ts';
import { unreadConversationsFrom } from './store.ts';

/**
 * Call it once a person has blocked or unblocked another, in the same unit of work: messages of the other have begun or
 * ceased to count as unread. Tells the person's own devices of each conversation where that makes a difference; it looks
 * only at what is unread.
 */
export async function blocksChanged(unit: UnitOfWork, now: Date, personId: string, otherId: string): Promise<void> {
  const touched = await unreadConversationsFrom(unit, personId, otherId);
  if (touched.length === 0) return;
  await announceInboxes(unit, now, personId, await bumpOwnVersions(unit, personId, touched));
}
