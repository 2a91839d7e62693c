import { type Messages, maxEmojiLength } from '../../engine/messages/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Id, input, output, Type } from '../kit/schemas.ts';
import { encodeMessage } from './encode-message.ts';
import { Message, ReactionChange } from './schemas.ts';

const conversation = input({ conversationId: Id('The conversation.') });
const place = input({ conversationId: Id('The conversation.'), messageId: Id('The message.') });

/** Reactions to messages, and pinned messages. */
export function reactionOperations({ messages }: { messages: Messages }): AnyOperation[] {
  return [
    operation({
      name: 'reactions.set',
      summary: 'React to a message',
      description: 'With one emoji, instead of my earlier one. The answer is what `reaction.changed` tells the others.',
      method: 'PUT',
      path: '/conversations/:conversationId/messages/:messageId/reaction',
      params: place,
      body: input({ emoji: Type.String({ minLength: 1, maxLength: maxEmojiLength, description: 'Exactly one.' }) }),
      output: ReactionChange,
      access: 'session',
      socket: true,
      handle: (actor, { emoji, ...where }, { connection }) => messages.setReaction(actor, where, emoji, connection?.id),
    }),
    operation({
      name: 'reactions.remove',
      summary: 'Take my reaction back',
      description: 'Where there is none, nothing changes.',
      method: 'DELETE',
      path: '/conversations/:conversationId/messages/:messageId/reaction',
      params: place,
      output: ReactionChange,
      access: 'session',
      socket: true,
      handle: (actor, where, { connection }) => messages.removeReaction(actor, where, connection?.id),
    }),
    operation({
      name: 'pins.add',
      summary: 'Pin a message for everybody',
      description: 'In a group, who may edit the group may pin. At most 50 at the same time.',
      method: 'PUT',
      path: '/conversations/:conversationId/messages/:messageId/pin',
      params: place,
      output: Message,
      encode: encodeMessage,
      access: 'session',
      socket: true,
      handle: (actor, where, { connection }) => messages.pin(actor, where, connection?.id),
    }),
    operation({
      name: 'pins.remove',
      summary: 'Unpin a message',
      method: 'DELETE',
      path: '/conversations/:conversationId/messages/:messageId/pin',
      params: place,
      output: Message,
      encode: encodeMessage,
      access: 'session',
      socket: true,
      handle: (actor, where, { connection }) => messages.unpin(actor, where, connection?.id),
    }),
    operation({
      name: 'pins.list',
      summary: 'The pinned messages, the last pinned first',
      method: 'GET',
      path: '/conversations/:conversationId/pins',
      params: conversation,
      output: output({ items: Type.Array(Message) }),
      access: 'session',
      socket: true,
      handle: async (actor, { conversationId }) => ({ items: await messages.pins(actor, conversationId) }),
    }),
  ];
}
