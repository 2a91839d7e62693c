import type { Answers } from './answers.ts';
import type { Mention, Message } from './generated/protocol.ts';
import type { Input, Output, Request } from './request.ts';

/** Messages that the server has, by their ids. What a call changes shows when it resolves. */
export class MessagesApi {
  readonly #request: Request;
  readonly #answers: Answers;

  constructor(request: Request, answers: Answers) {
    this.#request = request;
    this.#answers = answers;
  }

  // For everybody

  /** Changes the text or caption of a message of mine, for some time after it was sent (`too_late`). */
  async edit(conversationId: string, messageId: string, text: string, mentions?: readonly Mention[]): Promise<Message> {
    const input = { conversationId, messageId, text, ...(mentions && { mentions: [...mentions] }) };
    return this.#updated(await this.#request('messages.edit', input));
  }

  /** All that a message has said, the oldest first. For its sender and the admins of a group. */
  async edits(conversationId: string, messageId: string): Promise<Output<'messages.edits'>['items']> {
    return (await this.#request('messages.edits', { conversationId, messageId })).items;
  }

  /** Deletes a message for everybody: mine for some time (`too_late`), as an admin of a group any. Its place stays. */
  async delete(conversationId: string, messageId: string): Promise<Message> {
    return this.#updated(await this.#request('messages.delete', { conversationId, messageId }));
  }

  /** Deletes several for everybody. @returns of each, what it is now or why it was not deleted */
  async deleteMany(
    conversationId: string,
    messageIds: readonly string[],
  ): Promise<Output<'messages.deleteMany'>['items']> {
    const { items } = await this.#request('messages.deleteMany', { conversationId, messageIds: [...messageIds] });
    for (const { message } of items) if (message) this.#updated(message);
    return items;
  }

  /** Reacts with one emoji, instead of my earlier one; null takes it back. */
  async react(conversationId: string, messageId: string, emoji: string | null): Promise<void> {
    const place = { conversationId, messageId };
    const { rev } =
      emoji === null
        ? await this.#request('reactions.remove', place)
        : await this.#request('reactions.set', { ...place, emoji });
    await this.#answers.shown(conversationId, rev);
  }

  async pin(conversationId: string, messageId: string): Promise<Message> {
    return this.#updated(await this.#request('pins.add', { conversationId, messageId }));
  }

  async unpin(conversationId: string, messageId: string): Promise<Message> {
    return this.#updated(await this.#request('pins.remove', { conversationId, messageId }));
  }

  /** The pinned messages of a conversation, the last pinned first. */
  async pinned(conversationId: string): Promise<Message[]> {
    return (await this.#request('pins.list', { conversationId })).items;
  }

  /**
   * Sends copies of messages to other conversations. To repeat it after a lost answer, give both calls the same
   * `requestKey`: no copy is sent twice.
   *
   * @returns of each copy, the message or why it was not sent
   */
  async forward(input: Input<'messages.forward'>): Promise<Output<'messages.forward'>['items']> {
    const { items } = await this.#request('messages.forward', input);
    for (const { message } of items.flatMap(({ results }) => results)) {
      if (message) this.#answers.apply({ type: 'message.created', data: { message } });
    }
    return items;
  }

  // For me

  /** Deletes messages for me alone. */
  async hide(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const data = await this.#request('messages.hide', { conversationId, messageIds: [...messageIds] });
    this.#answers.apply({ type: 'inbox.updated', data });
  }

  async star(conversationId: string, messageId: string): Promise<void> {
    const data = await this.#request('messages.star', { conversationId, messageId });
    this.#answers.apply({ type: 'inbox.updated', data });
  }

  async unstar(conversationId: string, messageId: string): Promise<void> {
    const data = await this.#request('messages.unstar', { conversationId, messageId });
    this.#answers.apply({ type: 'inbox.updated', data });
  }

  /** A page of the messages that I have starred. */
  starred(input: Input<'messages.listStarred'> = {}): Promise<Output<'messages.listStarred'>> {
    return this.#request('messages.listStarred', input);
  }

  // Found, and not held

  /**
   * Finds messages by words or parts of words, by sender, kind or time, over all my conversations or in one. A page may
   * be empty while `next` is given: go on with it as `cursor` until it is null.
   */
  search(input: Input<'messages.search'>): Promise<Output<'messages.search'>> {
    return this.#request('messages.search', input);
  }

  /** Messages around a place, to show one that was found. They are not held. */
  async around(conversationId: string, seq: number, limit?: number): Promise<Message[]> {
    return (await this.#request('messages.list', { conversationId, around: seq, limit })).items;
  }

  get(conversationId: string, messageId: string): Promise<Message> {
    return this.#request('messages.get', { conversationId, messageId });
  }

  /** A page of those to whom a message of mine was delivered, and whether they have read it. */
  seenBy(input: Input<'messages.seenBy'>): Promise<Output<'messages.seenBy'>> {
    return this.#request('messages.seenBy', input);
  }

  #updated(message: Message): Message {
    this.#answers.apply({ type: 'message.updated', data: { message } });
    return message;
  }
}
