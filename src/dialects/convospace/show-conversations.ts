import type { ShownConversation } from '../../engine/inbox/index.ts';
import type { Actor } from '../../engine/shared/actor.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import type { ConvospaceDeps } from './deps.ts';
import { namedByConversations, type PresentedConversation, presentConversation } from './present/conversation.ts';

/**
 * A direct conversation of the actor, by its number.
 *
 * @throws EngineError `conversation_not_found`, also where they have deleted it and nothing was said since
 */
export async function findConversation(
  { engine, numbers }: ConvospaceDeps,
  actor: Actor,
  given: unknown,
): Promise<ShownConversation> {
  const view = await engine.inbox.getShown(actor, (await numbers.idOf('conversation', given)) ?? '');
  if (view.kind === 'direct' && !view.deleted) return view;
  throw new EngineError('conversation_not_found', 'There is no such conversation.');
}

/** Direct conversations as the actor sees them, whatever their number in as many statements. */
export async function showConversations(
  { cards, numbers, clock, fileNames }: ConvospaceDeps,
  actor: Actor,
  views: readonly ShownConversation[],
  site: string,
): Promise<PresentedConversation[]> {
  const named = namedByConversations(views);
  const [people, n] = await Promise.all([cards.of(actor, named.user ?? []), numbers.of(named)]);
  const context = { viewerId: actor.personId, now: clock.now(), cards: people };
  return views.map((view) => presentConversation(view, context, { n, site, fileNames }));
}
