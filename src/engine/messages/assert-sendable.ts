import { assertMember, isAllowed, notPermitted, recipientUnavailable } from '../conversations/index.ts';
import type { Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import { assertContent, type MessageContent } from './content.ts';
import { withoutFacts } from './hold-files.ts';
import { resolveReferences } from './resolve-references.ts';
import type { NewMessage } from './send-message.ts';

/**
 * Refuses a message that would be refused if it were sent now, for what is sent later. Its files are kept already, and its
 * content is as it is going to be stored.
 *
 * @throws EngineError as sending does
 */
export async function assertSendable(reader: Reader, actor: Actor, message: NewMessage, now: Date): Promise<void> {
  assertContent({ ...message, content: withoutFacts(message.content as MessageContent | undefined) });
  const member = await assertMember(reader, actor, message.conversationId);
  if (member.blocked) throw recipientUnavailable();
  if (!isAllowed(member, member.who_can_send)) throw notPermitted('admins');
  await resolveReferences(reader, actor, member, message, now);
}
