import type { PrivacyLevel } from '../people/index.ts';
import type { Audience, EngineEvent, EventMap } from '../shared/events.ts';

/**
 * The events that tell of somebody's presence: to who watches them, and where it is no secret also to who wants to hear of
 * everybody. Who of those may not see it all the same, because one has blocked the other, the doors know.
 */
export function presenceEvents(
  data: EventMap['presence.changed'],
  privacy: PrivacyLevel,
): readonly EngineEvent<'presence.changed'>[] {
  const isPublic = privacy === 'everyone';
  const audiences: Audience[] = [{ kind: 'watchers', id: data.personId, ...(isPublic && { public: true }) }];
  if (isPublic) audiences.push({ kind: 'everyone' });
  return audiences.map((audience) => ({ type: 'presence.changed', audience, data }));
}
