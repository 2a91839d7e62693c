import { assertMember } from '../conversations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { MessageOutcome } from './change-message.ts';
import { filesOf, type HoldMedia } from './hold-files.ts';
import { messageNotFound, untouchable } from './policy.ts';
import type { MessageWriter, NewMessage } from './send-message.ts';
import { type Forwarded, findMessages, type MessageRow } from './store.ts';

/** The most messages that are forwarded at once, and the most conversations that they go to. */
export const maxForwards = 20;

export interface ForwardRequest {
  /** Where the messages are. */
  readonly conversationId: string;
  /** 1 to {@link maxForwards}. */
  readonly messageIds: readonly string[];
  /** Conversations that get a copy of each; 1 to {@link maxForwards}. */
  readonly to: readonly string[];
  /** The sender's own name for the request; repeating it gives the first one's copies. At most 90 characters. */
  readonly requestKey?: string | undefined;
}

/** What became of the messages in one of the conversations, in the order of the request. */
export interface ForwardOutcome {
  readonly conversationId: string;
  /** `messageId` is that of the first message, `message` the copy. */
  readonly results: readonly MessageOutcome[];
}

/**
 * Sends copies of messages to other conversations, in the order of the request. A copy tells how often it was passed on, and
 * neither what the first one answered nor whom it named. One that fails does not keep the others back.
 *
 * @throws EngineError `conversation_not_found` (where the messages are), `invalid_request`; of single copies:
 *   `message_not_found`, `message_deleted`, and all that sending refuses with
 */
export const forwardMessages =
  (deps: { database: Database; clock: Clock; writer: MessageWriter; hold: HoldMedia }) =>
  async (actor: Actor, request: ForwardRequest, origin?: string): Promise<ForwardOutcome[]> => {
    const { conversationId, messageIds, to, requestKey } = request;
    for (const [path, ids] of Object.entries({ messageIds, to })) {
      if (ids.length >= 1 && ids.length <= maxForwards && new Set(ids).size === ids.length) continue;
      throw new EngineError('invalid_request', `Name 1 to ${maxForwards}, each once.`, { path: `/${path}` });
    }
    const rows = await deps.database.read(async (reader) => {
      const { history_from: historyFrom } = await assertMember(reader, actor, conversationId);
      return findMessages(reader, { conversationId, personId: actor.personId, historyFrom }, messageIds.filter(isId));
    });
    const sources = new Map(rows.filter(({ hidden }) => !hidden).map((row) => [row.id, row]));
    const at = new Date(deps.clock.now());
    const judged = await Promise.all(messageIds.map((id) => passable(deps.hold, sources.get(id), at)));
    // What is begun together is stored in this order, by few commits.
    const copy = async (target: string, messageId: string, i: number): Promise<MessageOutcome> => {
      const row = judged[i] ?? messageNotFound();
      if (row instanceof EngineError) return { messageId, error: row };
      const clientId = requestKey === undefined ? undefined : `${requestKey}:${i}`;
      return { messageId, message: (await deps.writer.send(actor, copyOf(row, target, clientId), origin)).message };
    };
    return Promise.all(
      to.map(async (target) => ({
        conversationId: target,
        results: await Promise.all(
          messageIds.map((messageId, i) => copy(target, messageId, i).catch((error) => refused(messageId, error))),
        ),
      })),
    );
  };

/** A message that can be passed on, with its files kept until its copies show them; or why it cannot. */
async function passable(hold: HoldMedia, row: MessageRow | undefined, at: Date): Promise<MessageRow | EngineError> {
  const error = row ? untouchable(row, at) : messageNotFound();
  if (!row || error) return error ?? messageNotFound();
  const files = filesOf(row.content);
  try {
    // Whoever brought them: the actor was shown them.
    if (files.length > 0) await hold(null, files);
    return row;
  } catch (refusal) {
    if (refusal instanceof EngineError) return refusal;
    throw refusal;
  }
}

/** A fault of the server is not the answer of one message: the whole request fails, and can be repeated by its key. */
function refused(messageId: string, error: unknown): MessageOutcome {
  if (error instanceof EngineError) return { messageId, error };
  throw error;
}

function copyOf(row: MessageRow, conversationId: string, clientId: string | undefined): NewMessage {
  const forwarded: Forwarded = {
    count: (row.forwarded?.count ?? 0) + 1,
    senderId: row.forwarded?.senderId ?? row.sender_id,
    conversationId: row.forwarded?.conversationId ?? row.conversation_id,
  };
  const { kind, text, content } = row;
  return { conversationId, kind, text, ...(content !== null && { content }), forwarded, clientId, held: true };
}
