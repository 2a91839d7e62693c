import { isDeepStrictEqual } from 'node:util';
import {
  assertMember,
  audienceOf,
  conversationNotFound,
  notPermitted,
  recipientUnavailable,
} from '../conversations/index.ts';
import { notifiedOfMessage } from '../notifications/index.ts';
import { type Database, plainArray, type Reader } from '../ports/database.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import type { Publish } from '../shared/events.ts';
import { GroupCommit } from '../shared/group-commit.ts';
import { isId, newId } from '../shared/ids.ts';
import { assertContent, assertFileCount, type MessageContent, type MessageKind } from './content.ts';
import { filesOf, type HoldMedia, holdFiles, withoutFacts } from './hold-files.ts';
import { contextsOf, forwardedFrom, type MessageContext } from './message-context.ts';
import { messageNotFound } from './policy.ts';
import type { Mention } from './references.ts';
import { type Answered, resolveReferences } from './resolve-references.ts';
import {
  type Forwarded,
  findMessagesBySeq,
  findSent,
  lockConversations,
  type MessageRow,
  type StoreOutcome,
  storeMessages,
} from './store.ts';
import { type MessageView, messageView } from './views.ts';

export interface NewMessage {
  readonly conversationId: string;
  readonly kind: MessageKind;
  /** What is said, or the caption; may be empty where the kind has content. */
  readonly text: string;
  /** What a message of this kind has beside the text. */
  readonly content?: unknown;
  /** Id of the message that it answers, in the same conversation. */
  readonly replyTo?: string | undefined;
  readonly mentions?: readonly Mention[] | undefined;
  /** It is a copy. Set by `forward` only. */
  readonly forwarded?: Forwarded;
  /** Its content is as it is stored, and its files are kept until it is. Set by `forward` and by what sends later. */
  readonly held?: true;
  /** The sender's own name for the message; sending it again gives the first one's ack. */
  readonly clientId?: string | undefined;
}

/** Proof that a message is stored. */
export interface SendAck extends MessageContext {
  readonly message: MessageView;
  /** True where it had been stored before under this clientId. */
  readonly duplicate: boolean;
}

interface Pending {
  readonly id: string;
  /** What the sender calls it, unique in the installation; null where it has no clientId. */
  readonly name: string | null;
  readonly senderId: string;
  readonly message: NewMessage;
  readonly answered: Answered | undefined;
  readonly origin: string | undefined;
}

/** Of one message: stored, or why not. */
type Settled = SendAck | Error;

interface WriterDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hold: HoldMedia;
  /** Most that a new message may have. */
  readonly filesPerMessage: number;
}

export class MessageWriter {
  readonly #deps: WriterDeps;
  readonly #commits: GroupCommit<Pending, Settled>;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.#commits = new GroupCommit({
      maxBatch: 250,
      maxWaiting: 20_000,
      commit: (batch) => this.#commit(batch),
    });
  }

  /**
   * Sends a message. Resolves when it is stored for good; delivery follows at once.
   *
   * @param origin the connection that sends, which gets the ack and not the event
   * @throws EngineError `conversation_not_found`, `message_not_found` (of `replyTo`), `client_id_conflict`,
   *   `invalid_request`, `not_permitted`, `recipient_unavailable`, `overloaded`, `media_not_found`, `media_not_ready`,
   *   `media_refused`
   */
  async send(actor: Actor, given: NewMessage, origin?: string): Promise<SendAck> {
    assertContent(asGiven(given));
    if (!given.held) assertFileCount(given.content, this.#deps.filesPerMessage);
    if (!isId(given.conversationId)) throw conversationNotFound();
    const answered = await this.#resolve(actor, given);
    let message = given;
    if (!given.held && filesOf(given.content as MessageContent | undefined).length > 0) {
      const held = await this.#hold(actor, given);
      if ('message' in held) return held;
      message = { ...given, content: held.content };
    }
    const id = newId(this.#deps.clock);
    const { conversationId, clientId } = message;
    const name = clientId === undefined ? null : `${conversationId}:${actor.personId}:${clientId}`;
    const settled = await this.#commits.add({ id, name, senderId: actor.personId, message, answered, origin });
    if (settled instanceof Error) throw settled;
    return settled;
  }

  /** Resolves when no message waits to be stored. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  /** Finds what a message refers to. Costs nothing where it refers to nothing. */
  async #resolve(actor: Actor, message: NewMessage): Promise<Answered | undefined> {
    const { replyTo, mentions = [], conversationId, clientId } = message;
    if (replyTo === undefined && mentions.length === 0) return undefined;
    return this.#deps.database.read(async (reader) => {
      const member = await assertMember(reader, actor, conversationId);
      try {
        return await resolveReferences(reader, actor, member, message, new Date(this.#deps.clock.now()));
      } catch (error) {
        // What it refers to may have gone since it was stored: a repetition is a duplicate all the same.
        if (clientId === undefined || !(await findSent(reader, conversationId, actor.personId, clientId))) throw error;
        return undefined;
      }
    });
  }

  /** Keeps the files of a message. Where they have gone since it was stored, a repetition is a duplicate all the same. */
  async #hold(actor: Actor, message: NewMessage): Promise<{ readonly content: MessageContent } | SendAck> {
    const { kind, conversationId, clientId } = message;
    const { hold, database, clock } = this.#deps;
    const now = new Date(clock.now());
    try {
      return { content: await holdFiles(hold, actor.personId, { kind, content: message.content as MessageContent }) };
    } catch (error) {
      if (!(error instanceof EngineError) || clientId === undefined) throw error;
      const earlier = await database.read(async (reader) => {
        await assertMember(reader, actor, conversationId);
        const seq = await findSent(reader, conversationId, actor.personId, clientId);
        if (seq === undefined) return undefined;
        return (await findEarlier(reader, [{ conversationId, seq, viewerId: actor.personId }], now))[0];
      });
      if (!earlier) throw error;
      const settled = duplicateOf(message, earlier, now);
      if (settled instanceof Error) throw settled;
      return settled;
    }
  }

  async #commit(batch: readonly Pending[]): Promise<Settled[]> {
    const results = new Array<Settled>(batch.length);
    let open = batch.map((_, ord) => ord);
    for (let round = 1; open.length > 0; round += 1) {
      try {
        open = await this.#store(batch, open, results, round > 1);
      } catch (error) {
        // What an earlier round has stored is stored: only the rest has failed.
        const alone = open.length === 1 || error instanceof EngineError;
        for (const ord of open) {
          if (alone) results[ord] = error instanceof Error ? error : new Error(String(error));
          else await this.#storeAlone(batch, ord, results);
        }
        break;
      }
    }
    return results;
  }

  /** The database has refused a statement for the sake of one message and does not say which: the others are not to suffer. */
  async #storeAlone(batch: readonly Pending[], ord: number, results: Settled[]): Promise<void> {
    try {
      for (let open = [ord]; open.length > 0; ) open = await this.#store(batch, open, results, true);
    } catch (error) {
      results[ord] = error instanceof Error ? error : new Error(String(error));
    }
  }

  /**
   * Stores what is open, and returns what is still open: it has to be tried again.
   *
   * @param lockFirst take the locks before the statement that stores: then its snapshot cannot be older than they are,
   *   and another node that writes without a pause cannot make it start over for ever
   */
  async #store(
    batch: readonly Pending[],
    open: readonly number[],
    results: Settled[],
    lockFirst: boolean,
  ): Promise<number[]> {
    // The statement cannot see two messages of one batch with the same clientId: the others wait for the first, and are
    // then all found to be duplicates at once.
    const firsts = new Map<string, number>();
    batch.forEach(({ name }, ord) => {
      if (name !== null && !firsts.has(name)) firsts.set(name, ord);
    });
    const again: number[] = [];
    const now: number[] = [];
    for (const ord of open) {
      const { name } = batch[ord] as Pending;
      const first = name === null ? ord : (firsts.get(name) ?? ord);
      if (first === ord || results[first] !== undefined) now.push(ord);
      else again.push(ord);
    }
    const items = now.map((ord) => batch[ord] as Pending);
    const conversationIds = [...new Set(items.map((item) => item.message.conversationId))];
    const createdAt = new Date(this.#deps.clock.now());
    const values = [
      plainArray(now),
      plainArray(items.map((item) => item.id)),
      plainArray(items.map((item) => item.message.conversationId)),
      plainArray(items.map((item) => item.senderId)),
      items.map((item) => item.message.clientId ?? null),
      plainArray(items.map((item) => item.message.kind)),
      items.map((item) => item.message.text),
      createdAt,
      items.map(moreOf),
    ];
    const rows = lockFirst
      ? await this.#deps.database.write(async (unit) => {
          await unit.prepared(lockConversations, [plainArray(conversationIds)]);
          return unit.prepared<StoreOutcome>(storeMessages, values);
        })
      : await this.#deps.database.autocommit<StoreOutcome>(storeMessages, values);
    rows.sort((a, b) => a.ord - b.ord);
    for (const row of rows) {
      if (row.outcome === 'retry') again.push(row.ord);
      else if (row.outcome !== 'duplicate') {
        results[row.ord] = this.#settle(batch[row.ord] as Pending, row, row.outcome, createdAt);
      }
    }
    await this.#settleDuplicates(batch, rows, results, createdAt);
    return again;
  }

  /** Those beside them are stored by now, so they fail by themselves where the first ones cannot be read. */
  async #settleDuplicates(
    batch: readonly Pending[],
    rows: readonly StoreOutcome[],
    results: Settled[],
    now: Date,
  ): Promise<void> {
    const duplicates = rows.filter(({ outcome }) => outcome === 'duplicate');
    if (duplicates.length === 0) return;
    try {
      const earlier = await this.#earlier(batch, duplicates, now);
      for (const { ord } of duplicates) {
        const row = earlier.get(ord);
        results[ord] = row ? duplicateOf((batch[ord] as Pending).message, row, now) : messageNotFound();
      }
    } catch (error) {
      for (const { ord } of duplicates) results[ord] = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The messages that were sent before under the same clientId, by the `ord` of the later ones. */
  async #earlier(
    batch: readonly Pending[],
    duplicates: readonly StoreOutcome[],
    now: Date,
  ): Promise<Map<number, Earlier>> {
    const places = duplicates.map(({ ord, seq }) => {
      const { message, senderId } = batch[ord] as Pending;
      return { conversationId: message.conversationId, seq, viewerId: senderId };
    });
    const found = await this.#deps.database.read((reader) => findEarlier(reader, places, now));
    const byPlace = new Map(found.map((one) => [`${one.row.conversation_id}:${one.row.seq}`, one]));
    return new Map(
      duplicates.flatMap(({ ord }, i) => {
        const one = byPlace.get(`${places[i]?.conversationId}:${places[i]?.seq}`);
        return one ? [[ord, one] as const] : [];
      }),
    );
  }

  #settle(
    pending: Pending,
    row: StoreOutcome,
    outcome: Exclude<StoreOutcome['outcome'], 'duplicate' | 'retry'>,
    createdAt: Date,
  ): Settled {
    const { id, message, senderId, origin, answered } = pending;
    switch (outcome) {
      case 'not_member':
        return conversationNotFound();
      case 'not_permitted':
        return notPermitted('admins');
      case 'unavailable':
        return recipientUnavailable();
    }
    const { mentions, forwarded } = message;
    const view: MessageView = {
      id,
      conversationId: message.conversationId,
      seq: row.seq,
      rev: row.rev,
      senderId,
      clientId: message.clientId ?? null,
      kind: message.kind,
      text: message.text,
      createdAt,
      ...(message.content !== undefined && { content: message.content as MessageContent }),
      ...(answered && { replyTo: answered.replyTo }),
      ...(mentions?.length && { mentions }),
      ...(forwarded && { forwardCount: forwarded.count }),
      ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    };
    const audience = audienceOf(message.conversationId, row.direct_key);
    const context: MessageContext = {
      sender: { id: senderId, name: row.name, username: row.username, photoUrl: row.photo_url },
      ...(answered && { quoted: answered.quoted }),
      ...(forwarded && { forwardedFrom: forwardedFrom(forwarded) }),
    };
    this.#deps.publish({ type: 'message.created', audience, data: { message: view, ...context }, origin });
    if (row.notified) {
      const kind = row.direct_key === null ? 'mention' : 'message';
      this.#deps.publish(notifiedOfMessage(row.notified, kind, view, context.sender));
    }
    return { message: view, duplicate: false, ...context };
  }
}

/** What most messages have not, as one JSON column; null where there is nothing. */
function moreOf({ message, answered }: Pending): string | null {
  const { content, mentions, forwarded } = message;
  const replyTo = answered?.replyTo;
  if (content === undefined && !replyTo && !mentions?.length && !forwarded) return null;
  return JSON.stringify({ content, replyTo, mentions: mentions?.length ? mentions : undefined, forwarded });
}

/** What its sender has said of it. */
const asGiven = (message: NewMessage): NewMessage =>
  message.held ? { ...message, content: withoutFacts(message.content as MessageContent | undefined) } : message;

/** As it comes back from the database, which knows no -0 and none of what JSON leaves out. */
const asStored = (content: unknown): MessageContent | null =>
  content === undefined ? null : JSON.parse(JSON.stringify(content));

/** A message that was sent before, and what belongs beside it. */
interface Earlier {
  readonly row: MessageRow;
  readonly context: MessageContext;
}

async function findEarlier(
  reader: Reader,
  places: Parameters<typeof findMessagesBySeq>[1],
  now: Date,
): Promise<Earlier[]> {
  const rows = await findMessagesBySeq(reader, places);
  const contexts = await contextsOf(reader, rows, now);
  return rows.map((row) => ({ row, context: contexts.get(row.id) as MessageContext }));
}

/** One that was changed since cannot be compared any more: the clientId alone says that it is the same. */
function duplicateOf(message: NewMessage, { row: earlier, context }: Earlier, now: Date): Settled {
  const same =
    earlier.changed ||
    (earlier.text === message.text &&
      earlier.kind === message.kind &&
      isDeepStrictEqual(withoutFacts(earlier.content), withoutFacts(asStored(message.content))));
  if (same) return { message: messageView(earlier, now), duplicate: true, ...context };
  return new EngineError('client_id_conflict', 'You have used this clientId for another message here.', {
    path: '/clientId',
    messageId: earlier.id,
  });
}
