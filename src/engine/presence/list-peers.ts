import { peersOf } from '../conversations/index.ts';
import { acquaintances, visiblePresence } from '../people/index.ts';
import type { Actor } from '../shared/actor.ts';
import type { PresenceDeps } from './track-presence.ts';

/** The most people whose presence one connection follows without asking for them. */
export const maxPeers = 2_000;

/** Groups with more members than this are not gone through for peers. */
export const maxPeerGroup = 256;

/**
 * The people whose presence concerns the actor and is theirs to see: their contacts, those whose contact they are, and those with whom they share a
 * conversation of at most {@link maxPeerGroup} members. At most {@link maxPeers}.
 */
export const listPeers =
  (deps: Pick<PresenceDeps, 'database'>) =>
  async (actor: Actor): Promise<string[]> =>
    deps.database.read(async (reader) => {
      const peers = await peersOf(reader, actor.personId, maxPeerGroup, maxPeers);
      const contacts = await acquaintances(reader, actor.personId, maxPeers);
      const ids = [...new Set([...contacts, ...peers])].slice(0, maxPeers);
      const visible = await visiblePresence(reader, actor.personId, ids, new Set(peers));
      return visible.map(({ id }) => id).filter((id) => id !== actor.personId);
    });
