import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import { selectScheduled } from './store.ts';
import { type ScheduledMessageView, scheduledView } from './views.ts';

/** The actor's scheduled messages, all or those of one conversation, the next to be sent first. They are few. */
export const listScheduled =
  (deps: { database: Database }) =>
  async (actor: Actor, conversationId?: string): Promise<ScheduledMessageView[]> => {
    if (conversationId !== undefined && !isId(conversationId)) return [];
    const rows = await deps.database.read((reader) => selectScheduled(reader, actor.personId, conversationId));
    return rows.map(scheduledView);
  };
