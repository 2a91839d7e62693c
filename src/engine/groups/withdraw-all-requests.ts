import { lockConversation } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import { announceRequest } from './announce-request.ts';
import { groupsAskedBy, takeRequests } from './invite-store.ts';

/** Groups of one step. */
const atOnce = 100;

/**
 * Takes back what a person has asked groups for, one group a transaction, and tells the admins.
 *
 * @returns whether there may be more
 */
export async function withdrawAllRequests(database: Database, personId: string): Promise<boolean> {
  const groups = await database.read((reader) => groupsAskedBy(reader, personId, atOnce));
  for (const conversationId of groups) {
    await database.write(async (unit) => {
      await lockConversation(unit, conversationId);
      const [request] = await takeRequests(unit, conversationId, [personId]);
      if (request) await announceRequest(unit, conversationId, request, 'withdrawn');
    });
  }
  return groups.length === atOnce;
}
