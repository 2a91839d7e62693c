import { choosePhoto, type PhotoChoice } from '../media/index.ts';
import { storeSystemMessage } from '../messages/index.ts';
import { notifyAdded } from '../notifications/index.ts';
import type { Actor } from '../shared/actor.ts';
import { newId } from '../shared/ids.ts';
import type { GroupDeps } from './deps.ts';
import { groupDescription, groupPhotoUrl, groupTitle } from './group-facts.ts';
import { announceJoined, membersShown } from './join-announcements.ts';
import { judgePeople } from './judge-people.ts';
import { limitReached } from './policy.ts';
import { insertGroup, insertMembers } from './store.ts';
import type { NotAdded } from './views.ts';

export interface NewGroup extends PhotoChoice {
  readonly title: string;
  readonly description?: string | undefined;
  /** Whether who comes later sees what was said before; yes, if not said. */
  readonly historyForNewcomers?: boolean | undefined;
  /** Who is in it from the beginning, beside the actor. */
  readonly people: readonly string[];
}

/**
 * Makes a group, of which the actor is the owner. Who may not be added is left out.
 *
 * @throws EngineError `invalid_request`, `limit_reached`, `media_not_found`, `media_not_ready`, `media_refused`
 */
export const createGroup =
  (deps: GroupDeps) =>
  async (actor: Actor, group: NewGroup): Promise<{ conversationId: string; notAdded: NotAdded[] }> => {
    const facts = {
      ...groupTitle(group.title),
      description: groupDescription(group.description ?? ''),
    };
    const photo = { photoUrl: groupPhotoUrl(group.photoUrl), photoMediaId: group.photoMediaId };
    return deps.database.write(async (unit) => {
      const at = new Date(deps.clock.now());
      const { people, notAdded } = await judgePeople(unit, actor.personId, group.people, at);
      const memberCount = people.length + 1;
      if (memberCount > deps.limit) throw limitReached(deps.limit);
      const conversationId = newId(deps.clock);
      const row = await insertGroup(unit, {
        photo_url: null,
        photo_media_id: null,
        ...facts,
        ...(await choosePhoto(unit, deps.clock, actor.personId, photo)),
        id: conversationId,
        createdBy: actor.personId,
        at,
        memberCount,
        historyForNewcomers: group.historyForNewcomers ?? true,
      });
      const common = { conversationId, addedBy: actor.personId, at, lastSeq: 0, historyFrom: 0 };
      const owner = await insertMembers(unit, { ...common, personIds: [actor.personId], role: 'owner' });
      const personIds = people.map(({ id }) => id);
      const others = await insertMembers(unit, { ...common, personIds, role: 'member' });
      const members = await membersShown(unit, row);
      announceJoined(unit, row, members, owner, { role: 'owner', joinedAt: at, historyFrom: 0 });
      announceJoined(unit, row, members, others, { role: 'member', joinedAt: at, historyFrom: 0 });
      const seen = { id: conversationId, title: facts.title, seq: 1 };
      if (personIds.length > 0) await notifyAdded(unit, deps.clock, seen, actor.personId, personIds);
      const content = { event: 'group.created', value: facts.title };
      await storeSystemMessage(unit, deps.clock, conversationId, actor.personId, content);
      return { conversationId, notAdded };
    });
  };
