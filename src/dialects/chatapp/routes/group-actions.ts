import type { PhotoChoice } from '../../../engine/media/index.ts';
import type { PersonView } from '../../../engine/people/index.ts';
import type { Actor } from '../../../engine/shared/actor.ts';
import { EngineError } from '../../../engine/shared/errors.ts';
import { Fields } from '../../kit/fields.ts';
import type { Answer, Call } from '../../kit/rest.ts';
import type { ChatappDeps } from '../deps.ts';
import { Refusal, type Words, worded } from '../errors.ts';
import type { Chat, ShowPerson } from '../present/chat.ts';
import { showProfiles } from '../present/participant.ts';
import type { Chats } from '../read-chats.ts';
import { mediaIdOf } from './files.ts';

const maxNameLength = 50;
const maxDescriptionLength = 200;

/** Some clients read `data` as the chat, others find the chat in it. */
export const chatData = (chat: Chat): object => ({ ...chat, chat });

export const done = (message: string, data?: object): Answer => ({
  body: { success: true, message, ...(data && { data }) },
});

/**
 * Runs a call of the engine that only groups know, and words its refusals.
 *
 * @throws Refusal
 */
export async function inGroup<Value>(words: Words, call: () => Promise<Value>): Promise<Value> {
  return worded(words, async () => {
    try {
      return await call();
    } catch (error) {
      const direct = error instanceof EngineError && error.details.kind === 'direct';
      throw direct ? new Refusal(400, 'Cannot update private chat info') : error;
    }
  });
}

/** A field that is missing, in the words that the client shows. */
function missing(path: string, message: string): Refusal {
  return new Refusal(400, message, { errors: [{ type: 'field', value: '', msg: message, path, location: 'body' }] });
}

export const groupFull = [400, 'Group is full'] as const;

const avatar = ['avatar', 'groupAvatar'];

/** What the routes of chats and of groups both do. */
export class GroupActions {
  readonly #deps: ChatappDeps;
  readonly #chats: Chats;

  constructor(deps: ChatappDeps, chats: Chats) {
    this.#deps = deps;
    this.#chats = chats;
  }

  /** @throws Refusal `Feature disabled` */
  assertOn(): void {
    if (!this.#deps.options.features.groups) throw new Refusal(403, 'Feature disabled');
  }

  async create(actor: Actor, call: Call): Promise<Answer> {
    this.assertOn();
    const { engine } = this.#deps;
    const fields = new Fields(call.body);
    const { title, description } = readNames(fields);
    const people = readIds(fields)?.filter((id) => id !== actor.personId);
    fields.assertValid();
    if (title === undefined) throw missing('name', 'Group name is required');
    if (!people || people.length === 0) throw missing('participants', 'Participants array required');
    const photo = await this.#photo(actor, fields, async () => null);
    const known = await engine.presence.profiles(actor, people);
    if (new Set(people).size > known.filter(({ person }) => !person.deleted).length) {
      throw new Refusal(400, 'Some participants not found');
    }
    const made = await worded({ limit_reached: groupFull }, () =>
      // Its clients are never shown what was said before they came.
      engine.groups.create(actor, { title, description, people, ...photo, historyForNewcomers: false }),
    );
    const chat = await this.#chats.one(actor, call, made.conversationId);
    const notAdded = made.notAdded.map(({ personId }) => personId);
    return {
      status: 201,
      body: { success: true, message: 'Group chat created successfully', data: { ...chatData(chat), notAdded } },
    };
  }

  async update(actor: Actor, call: Call): Promise<Answer> {
    const chatId = call.params.id ?? '';
    const fields = new Fields(call.body);
    const names = readNames(fields);
    fields.assertValid();
    const present = async () => (await this.#deps.engine.inbox.getShown(actor, chatId)).photoUrl;
    const change = { ...names, ...(await this.#photo(actor, fields, present)) };
    await inGroup({ not_permitted: [403, 'Only admins can edit group info'] }, () =>
      this.#deps.engine.groups.update(actor, chatId, change),
    );
    return done('Chat updated successfully', { chat: await this.#chats.one(actor, call, chatId) });
  }

  /**
   * The photo of a group, as a URL or in an object: one of the actor's files here, or somewhere else.
   *
   * @param present what it is now: a client that sends all that it was shown, with something changed, names it again
   * @throws InvalidFields
   */
  async #photo(actor: Actor, fields: Fields, present: () => Promise<string | null>): Promise<PhotoChoice> {
    const within = fields.object(avatar);
    const url = within ? within.url : fields.value(avatar);
    if (url === undefined || url === null) return {};
    if (url === '') return { photoUrl: null };
    const isUrl = typeof url === 'string' && url.length <= 2_000 && /^https?:\/\/\S+$/.test(url);
    const mediaId = isUrl ? mediaIdOf(this.#deps, url) : null;
    if (mediaId !== null) {
      const { id: photoMediaId } = await this.#deps.engine.media.copy(actor, mediaId, 'avatar');
      return { photoMediaId };
    }
    const photoKey = isUrl && /\/uploads\/profiles\/([\w-]{32})$/.exec(url)?.[1];
    if (photoKey && `/v1/photos/${photoKey}` === (await present())) return {};
    // The photo of somebody or something else is gone when that gets another one.
    if (!isUrl || photoKey)
      fields.problem(avatar, 'Avatar must be the URL of a file of yours, or of a picture elsewhere');
    fields.assertValid();
    return { photoUrl: String(url) };
  }

  /** How people are shown, who are known by their ids. */
  async show(actor: Actor, call: Call, ids: readonly string[]): Promise<{ show: ShowPerson; people: PersonView[] }> {
    const profiles = await this.#deps.engine.presence.profiles(actor, ids);
    return { show: showProfiles(profiles, call.base), people: profiles.map(({ person }) => person) };
  }
}

/** @returns undefined where the field is absent */
export const readIds = (fields: Fields): string[] | undefined =>
  fields.texts(['participants', 'participantIds', 'members', 'userIds']);

function readNames(fields: Fields): { title: string | undefined; description: string | undefined } {
  const blank = fields.value(['name', 'groupName', 'chatName']) === '';
  const title = fields.text(['name', 'groupName', 'chatName'], {
    min: blank ? 0 : 1,
    max: maxNameLength,
    message: `Group name must be between 1 and ${maxNameLength} characters`,
  });
  const description = fields.text('description', {
    max: maxDescriptionLength,
    message: `Description has at most ${maxDescriptionLength} characters`,
  });
  return { title: title === '' ? undefined : title, description };
}
