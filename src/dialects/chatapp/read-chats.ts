import type { MemberView } from '../../engine/conversations/index.ts';
import type { ShownConversation, ShownConversationQuery } from '../../engine/inbox/index.ts';
import type { Actor } from '../../engine/shared/actor.ts';
import type { Call } from '../kit/rest.ts';
import type { ChatappDeps } from './deps.ts';
import { type Chat, presentChat } from './present/chat.ts';
import { showProfiles } from './present/participant.ts';

/** Of a group that is too large to be read with its members, a list shows so many; the chat by itself has all. */
const membersInLists = 256;

/** Where the invite link of a group leads. */
export const inviteLink = (base: string, code: string): string => `${base}/join/${code}`;

/** Reads chats as the caller sees them: a list in as many statements as one chat, but for groups too large to be read at once. */
export class Chats {
  readonly #deps: ChatappDeps;

  constructor(deps: ChatappDeps) {
    this.#deps = deps;
  }

  /** @returns `total`: how many there are on all pages */
  async list(actor: Actor, call: Call, query: ShownConversationQuery): Promise<{ chats: Chat[]; total: number }> {
    const { items, total } = await this.#deps.engine.inbox.listShown(actor, query);
    const large = new Map<string, readonly MemberView[]>();
    for (const view of items) {
      if (view.members.length === 0) large.set(view.id, await this.#members(actor, view.id, membersInLists));
    }
    return { chats: await this.#present(actor, call, items, large, null), total };
  }

  /** @throws EngineError `conversation_not_found` */
  async one(actor: Actor, call: Call, chatId: string): Promise<Chat> {
    const { inbox, groups } = this.#deps.engine;
    const view = await inbox.getShown(actor, chatId);
    const large = new Map<string, readonly MemberView[]>();
    if (view.members.length === 0) large.set(chatId, await this.#members(actor, chatId, view.memberCount));
    const mayInvite = view.kind === 'group' && view.me.role !== 'member';
    const invite = mayInvite ? await groups.invites.get(actor, chatId) : null;
    const [chat] = await this.#present(actor, call, [view], large, invite && inviteLink(call.base, invite.code));
    return chat as Chat;
  }

  /** As many as an operator lets a group have are shown with one statement. */
  async #members(actor: Actor, chatId: string, limit: number): Promise<readonly MemberView[]> {
    return (await this.#deps.engine.groups.members.list(actor, chatId, { limit })).items;
  }

  async #present(
    actor: Actor,
    { base }: Call,
    views: readonly ShownConversation[],
    large: ReadonlyMap<string, readonly MemberView[]>,
    link: string | null,
  ): Promise<Chat[]> {
    const { engine, clock } = this.#deps;
    const people = new Set<string>();
    for (const { id, members, lastSender } of views) {
      for (const { person } of large.get(id) ?? members) people.add(person.id);
      if (lastSender) people.add(lastSender.id);
    }
    const show = showProfiles(await engine.presence.profiles(actor, [...people]), base);
    const context = { viewerId: actor.personId, base, now: clock.now(), show, inviteLink: link };
    return views.map((view) => {
      const members = large.get(view.id);
      return presentChat(view, members ? { ...context, members } : context);
    });
  }
}
