import { audienceOf } from '../conversations/index.ts';
import { type PublicFace, publicFace } from '../people/index.ts';
import type { PreparedStatement, UnitOfWork } from '../ports/database.ts';
import type { Clock } from '../shared/clock.ts';
import { newId } from '../shared/ids.ts';
import type { SystemContent } from './content.ts';
import type { MessageView } from './views.ts';

const storeSystem: PreparedStatement = {
  name: 'store-system-message',
  text: `
    with counted as (
      update conversations
      set last_seq = last_seq + 1, rev = rev + 1, last_activity_at = greatest(last_activity_at, $4)
      where id = $1 returning last_seq, rev, direct_key
    ), stored as (
      insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at, content)
      select $1, last_seq, $2, $3, rev, 'system', '', $4, $5::jsonb from counted
    )
    select last_seq as seq, rev, direct_key, sender.name, sender.username, sender.photo_url
    from counted
    cross join lateral (select ${publicFace('p')} from people p where p.id = $3 limit 1) sender`,
};

interface StoredRow extends Omit<PublicFace, 'id' | 'photoUrl'> {
  readonly seq: number;
  readonly rev: number;
  readonly direct_key: string | null;
  readonly photo_url: string | null;
}

/**
 * Stores a message of the system that says what has happened in a conversation, inside the caller's unit of work, which
 * has locked the conversation. Takes a `seq` and a `rev`. It does not vanish, and counts for nobody as unread.
 *
 * @param actorId who has done it, and is shown as its sender
 */
export async function storeSystemMessage(
  unit: UnitOfWork,
  clock: Clock,
  conversationId: string,
  actorId: string,
  content: SystemContent,
): Promise<void> {
  const [id, createdAt] = [newId(clock), new Date(clock.now())];
  const values = [conversationId, id, actorId, createdAt, JSON.stringify(content)];
  const [row] = await unit.prepared<StoredRow>(storeSystem, values);
  if (!row) throw new Error('A conversation that is locked is not there.');
  const message: MessageView = {
    id,
    conversationId,
    seq: row.seq,
    rev: row.rev,
    senderId: actorId,
    clientId: null,
    kind: 'system',
    text: '',
    createdAt,
    content,
  };
  const { name, username, photo_url: photoUrl } = row;
  const data = { message, sender: { id: actorId, name, username, photoUrl } };
  unit.announce({ type: 'message.created', audience: audienceOf(conversationId, row.direct_key), data });
}
