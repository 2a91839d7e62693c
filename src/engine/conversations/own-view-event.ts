import type { Reader } from '../ports/database.ts';
import type { EngineEvent } from '../shared/events.ts';

/**
 * Makes the event that tells a person's own devices how they see a conversation now. Null where they are not in it any
 * more.
 */
export type OwnViewEvent = (
  reader: Reader,
  change: { personId: string; conversationId: string; origin?: string | undefined },
) => Promise<EngineEvent | null>;
