import type { Answers } from './answers.ts';
import { type Draft, parts } from './draft.ts';
import type { Message, ScheduledMessage } from './generated/protocol.ts';
import type { Input, Request } from './request.ts';

/** Messages that the server sends for me later. Changes on any device come as the event `scheduled`. */
export class ScheduledApi {
  readonly #request: Request;
  readonly #answers: Answers;

  constructor(request: Request, answers: Answers) {
    this.#request = request;
    this.#answers = answers;
  }

  /** All of mine, or those of one conversation, the next first. Ask again after a reconnection. */
  async list(conversationId?: string): Promise<ScheduledMessage[]> {
    return (await this.#request('scheduled.list', { conversationId })).items;
  }

  /** @param at a minute to a year from now */
  create(conversationId: string, draft: string | Draft, at: Date): Promise<ScheduledMessage> {
    const message = parts(typeof draft === 'string' ? { text: draft } : draft);
    return this.#request('scheduled.create', { conversationId, ...message, sendAt: at.toISOString() });
  }

  /** Changes what is said, or when. One that has failed (`failure`) needs a new time. */
  update(scheduledId: string, change: Omit<Input<'scheduled.update'>, 'scheduledId'>): Promise<ScheduledMessage> {
    return this.#request('scheduled.update', { scheduledId, ...change });
  }

  async cancel(scheduledId: string): Promise<void> {
    await this.#request('scheduled.cancel', { scheduledId });
  }

  /** Sends it now. */
  async send(scheduledId: string): Promise<Message> {
    const { message } = await this.#request('scheduled.send', { scheduledId });
    this.#answers.apply({ type: 'message.created', data: { message } });
    return message;
  }
}
