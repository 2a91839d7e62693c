import type { Answers } from './answers.ts';
import { BlocksApi } from './blocks-api.ts';
import type { ClientEvents } from './client-events.ts';
import type { ConnectionState } from './connection-state.ts';
import { ContactsApi } from './contacts-api.ts';
import type { ChatConversation } from './conversation-view.ts';
import { type Draft, fileDraft } from './draft.ts';
import { Emitter } from './emitter.ts';
import { ParleyError } from './errors.ts';
import type { Operations, OwnProfile, Person, PresenceState, SignedIn } from './generated/protocol.ts';
import { GroupsApi } from './groups-api.ts';
import { InvitesApi } from './invites-api.ts';
import { JoinRequestsApi } from './join-requests-api.ts';
import { LiveAccount } from './live-account.ts';
import { type FileToSend, MediaApi } from './media-api.ts';
import { MembersApi } from './members-api.ts';
import type { ChatMessage } from './message-view.ts';
import { MessagesApi } from './messages-api.ts';
import { PrivacyApi } from './privacy-api.ts';
import type { Input, Request } from './request.ts';
import { addressOf, type OperationName, type ServerAddress } from './rest.ts';
import { ScheduledApi } from './scheduled-api.ts';
import { Session } from './session.ts';
import { SettingsApi } from './settings-api.ts';
import { type ClientStorage, memoryStorage } from './storage.ts';
import type { UploadFile } from './upload-source.ts';

export interface ClientOptions {
  /** The server's origin, such as `https://chat.example.org`. */
  readonly url: string;
  /** Where the session and unsent messages are kept. Without it, nothing outlives the process. */
  readonly storage?: ClientStorage;
  /** How the person knows this device again in the list of sessions. */
  readonly deviceName?: string;
  /** How many of the latest conversations are kept; 200 if not given, at most 1,000. */
  readonly window?: number;
  /** Whether messages are marked as delivered when they arrive; true if not given. */
  readonly autoDelivered?: boolean;
}

/** A message that was given to be sent, and a promise of it as the server has stored it. */
export type Sent = { readonly message: ChatMessage; readonly acked: Promise<ChatMessage> };

/**
 * Opens a client. It takes up the session and the unsent messages that it finds in storage, and connects.
 *
 *     const client = await createClient({ url: 'http://localhost:3000', storage: webStorage() });
 *     client.on('message', (message) => show(message));
 *     if (!client.me) await client.signInWithCode({ phone, code });
 */
export async function createClient(options: ClientOptions): Promise<Client> {
  const client = new Client(options);
  await client.restore();
  return client;
}

/**
 * A person's connection to a Parley server, with a local copy of their conversations.
 *
 * Guarantees: what `conversations` and `messages` show has no gaps and no doubles, and while the connection is `online`
 * it is what the server would show (profiles of people whom `watchPresence` does not name are as of the last
 * connection). A message that was given to `send` is sent exactly once, in order within its
 * conversation, through lost connections and, with a durable storage, through the death of this process.
 */
export class Client {
  readonly #address: ServerAddress;
  readonly #storage: ClientStorage;
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #closing = new AbortController();
  readonly #answers: Answers;
  #account: LiveAccount | null = null;

  /** Messages that are stored: edit, delete, react, pin, forward, hide, star, find. */
  readonly messageActions: MessagesApi;
  /** What only I see of a conversation: mute, archive, pin, rename, clear, delete. */
  readonly settings: SettingsApi;
  /** Groups: make, change, leave, close. */
  readonly groups: GroupsApi;
  /** Who is in a group. */
  readonly members: MembersApi;
  /** Invite links of groups. */
  readonly invites: InvitesApi;
  /** Who waits to be let into a group. */
  readonly joinRequests: JoinRequestsApi;
  /** Files: upload, download, links. */
  readonly media: MediaApi;
  /** Messages to be sent later. */
  readonly scheduled: ScheduledApi;
  /** My address book. */
  readonly contacts: ContactsApi;
  /** Whom I have blocked. */
  readonly blocks: BlocksApi;
  /** Who may see and do what of me. */
  readonly privacy: PrivacyApi;

  /** Use {@link createClient}. */
  constructor(options: ClientOptions) {
    this.#options = options;
    this.#address = addressOf(options.url);
    this.#storage = options.storage ?? memoryStorage();
    this.#session = new Session(
      this.#address,
      this.#storage,
      { ended: (reason) => void this.#leave(reason) },
      this.#closing.signal,
    );
    const request: Request = (name, input) => this.request(name, input);
    this.#answers = {
      apply: (fact) => this.#account?.apply(fact),
      started: (conversation) => this.#require().started(conversation),
      shown: async (conversationId, rev) => this.#account?.shown(conversationId, rev),
      gone: async (conversationId) => this.#account?.gone(conversationId),
    };
    this.messageActions = new MessagesApi(request, this.#answers);
    this.settings = new SettingsApi(request, (data) => this.#answers.apply({ type: 'inbox.updated', data }));
    this.groups = new GroupsApi(request, this.#answers);
    this.members = new MembersApi(request);
    this.invites = new InvitesApi(request, this.#answers);
    this.joinRequests = new JoinRequestsApi(request);
    this.media = new MediaApi(this.#address, this.#session, this.#closing.signal);
    this.scheduled = new ScheduledApi(request, this.#answers);
    this.contacts = new ContactsApi(request);
    this.blocks = new BlocksApi(request);
    this.privacy = new PrivacyApi(request);
    this.on('person', (person) => {
      if (person.id !== this.me?.id) return;
      this.#session.setProfile({ ...this.me, ...person }).catch((error: unknown) => this.#emitter.emit('error', error));
    });
  }

  /** The person who is signed in, or null. */
  get me(): OwnProfile | null {
    return this.#session.profile;
  }

  get connection(): ConnectionState {
    return this.#account?.state ?? 'offline';
  }

  /** How many messages wait for their acknowledgement. */
  get queued(): number {
    return this.#account?.outbox.waiting ?? 0;
  }

  /** Online, with nothing left to send and nothing known to be missing. */
  get settled(): boolean {
    return this.#account?.settled ?? false;
  }

  /**
   * Calls `listener` for each event of a type from now on.
   *
   * @returns stops it
   */
  on<Type extends keyof ClientEvents>(type: Type, listener: (payload: ClientEvents[Type]) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  // Signing in and out

  /** Has a one-time code sent to a phone. */
  requestCode(phone: string): Promise<Operations['codes.request']['output']> {
    return this.#session.callAs('codes.request', { phone }, null);
  }

  /** Signs in with the code that was sent, and makes the account where the phone has none. */
  async signInWithCode(given: { phone: string; code: string; name?: string }): Promise<OwnProfile> {
    return this.#enter(await this.#session.callAs('sessions.createByCode', { ...given, ...this.#device }, null));
  }

  /** Signs in with an e-mail address, username or phone number, and a password. */
  async signInWithPassword(given: { login: string; password: string }): Promise<OwnProfile> {
    return this.#enter(await this.#session.callAs('sessions.createByPassword', { ...given, ...this.#device }, null));
  }

  /** Makes an account with a password and signs in. */
  async register(given: { name: string; password: string; email?: string; username?: string }): Promise<OwnProfile> {
    return this.#enter(await this.#session.callAs('accounts.create', { ...given, ...this.#device }, null));
  }

  /** Ends the session here and on the server, as far as that can be reached. Messages that wait are discarded. */
  async signOut(): Promise<void> {
    const account = this.#account;
    if (!account) return;
    this.#account = null;
    const cleared = account.outbox.clear();
    account.close(new ParleyError('signed_out', 'Signed out.'));
    await this.#session.call('sessions.deleteCurrent', {}).catch(() => {});
    await this.#session.forget();
    await cleared;
    this.#emitter.emit('signedOut', { reason: 'signed_out' });
  }

  // Conversations

  /** The conversations that are held, the last active first. */
  conversations(): ChatConversation[] {
    return this.#account?.conversations() ?? [];
  }

  /** One conversation, where it is held. */
  conversation(conversationId: string): ChatConversation | undefined {
    return this.#account?.conversation(conversationId);
  }

  /** The messages of a conversation that are held, oldest first, then those that wait to be sent. */
  messages(conversationId: string): ChatMessage[] {
    return this.#account?.messages(conversationId) ?? [];
  }

  /** Finds or starts the conversation with a person. */
  async startDirect(personId: string): Promise<ChatConversation> {
    const account = this.#require();
    const { conversation } = await this.request('conversations.startDirect', { personId });
    return account.started(conversation);
  }

  /** Lets new messages vanish for everybody after an hour to a year; null: never. */
  async setDisappearing(conversationId: string, seconds: number | null): Promise<void> {
    const { rev } = await this.request('conversations.setDisappearing', { conversationId, seconds });
    await this.#answers.shown(conversationId, rev);
  }

  /**
   * Brings a page of messages before those that are held.
   *
   * @returns whether there are still older ones
   */
  loadOlder(conversationId: string, limit = 50): Promise<boolean> {
    return this.#require().loadOlder(conversationId, limit);
  }

  // Messages

  /**
   * Sends a message: now, or when there is a connection again.
   *
   * @returns the message as it is shown at once, and a promise of the one that the server has stored. The promise
   *   rejects where the server refuses it for good (its status is `failed` then), and with `closed` or `signed_out` where
   *   this client ends first; the message stays in storage then, and is sent by the person's next client on it. It need
   *   not be awaited.
   */
  send(conversationId: string, draft: string | Draft): Sent {
    return this.#require().send(conversationId, typeof draft === 'string' ? { text: draft } : draft);
  }

  /**
   * Uploads a file, and then sends it as {@link send} does. The upload needs a connection.
   *
   * @throws as `media.upload`
   */
  async sendFile(conversationId: string, file: UploadFile, given: FileToSend = {}): Promise<Sent> {
    return this.send(conversationId, fileDraft(await this.media.upload(file, given), given));
  }

  /** Tries a failed message again. */
  async retry(conversationId: string, clientId: string): Promise<void> {
    await this.#require().outbox.retry(conversationId, clientId);
  }

  /** Takes a failed message away. @returns whether there was one */
  discard(conversationId: string, clientId: string): boolean {
    return this.#require().outbox.discard(conversationId, clientId);
  }

  /**
   * Marks what is held of a conversation as read, or what is up to a `seq`. Shows at once; resolves when the server has
   * it. It need not be awaited.
   */
  markRead(conversationId: string, seq?: number): Promise<void> {
    return this.#require().markRead(conversationId, seq);
  }

  /** Call it at each key: it is told to the others at most every three seconds, and its end by itself. */
  setTyping(conversationId: string, typing = true): void {
    this.#require().setTyping(conversationId, typing);
  }

  // People

  /**
   * Somebody by id, for a name. null where they are not known yet: then they are asked for, and the event `person` tells
   * when they are known.
   */
  person(personId: string): Person | null {
    return this.#account?.people.get(personId) ?? null;
  }

  /** Reports a person or a message to the admins. */
  async report(given: Input<'reports.create'>): Promise<void> {
    await this.request('reports.create', given);
  }

  /** Finds people by part of a name or username, or by a whole phone number. */
  async searchPeople(text: string, limit?: number): Promise<Person[]> {
    return (await this.request('people.search', { q: text, limit })).items;
  }

  /**
   * Follows the presence and profiles of exactly these people from now on, through reconnects. Only people with whom
   * there is a conversation are shown.
   *
   * @returns what is known now; nothing while offline
   */
  watchPresence(personIds: readonly string[]): Promise<PresenceState[]> {
    return this.#require().watchPresence(personIds);
  }

  /** The presence of somebody who is watched. */
  presence(personId: string): PresenceState | null {
    return this.#account?.presence.get(personId) ?? null;
  }

  /** Changes my profile. */
  async updateProfile(change: Operations['me.update']['input']): Promise<OwnProfile> {
    const profile = await this.request('me.update', change);
    await this.#session.setProfile(profile);
    return profile;
  }

  /**
   * Everything of mine that the server has, as one JSON document in UTF-8, passed on as it comes. Five times a day. The
   * stream fails where the connection ends before the document does.
   */
  exportMyData(): Promise<ReadableStream<Uint8Array>> {
    return this.#session.stream('me.export', {});
  }

  /** Calls any operation of the server, over REST, as the person who is signed in. */
  request<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['output']> {
    return this.#session.call(name, input);
  }

  /** Ends this client. Session and unsent messages stay in storage for the next one. */
  close(): void {
    this.#closing.abort();
    this.#account?.close(new ParleyError('closed', 'The client was closed.'));
    this.#account = null;
    this.#emitter.clear();
  }

  /** For tests: cuts the connection as a failing network would. The client comes back by itself. */
  dropConnection(): void {
    this.#account?.drop();
  }

  /** Takes up what is in storage. Called once, by {@link createClient}. */
  async restore(): Promise<void> {
    await this.#session.restore();
    if (this.me) await this.#begin(this.me);
  }

  get #device(): { deviceName?: string } {
    const { deviceName } = this.#options;
    return deviceName === undefined ? {} : { deviceName };
  }

  #require(): LiveAccount {
    if (!this.#account) throw new ParleyError('signed_out', 'Sign in first.');
    return this.#account;
  }

  async #enter(signedIn: SignedIn): Promise<OwnProfile> {
    this.#account?.close(new ParleyError('signed_out', 'Somebody else has signed in.'));
    this.#account = null;
    await this.#session.begin(signedIn);
    await this.#begin(signedIn.profile);
    this.#emitter.emit('signedIn', { profile: signedIn.profile, isNew: signedIn.isNew });
    return signedIn.profile;
  }

  async #begin(profile: OwnProfile): Promise<void> {
    const { window = 200, autoDelivered = true } = this.#options;
    const account = new LiveAccount({
      address: this.#address,
      session: this.#session,
      storage: this.#storage,
      me: profile.id,
      window,
      autoDelivered,
      emitter: this.#emitter,
    });
    this.#account = account;
    await account.open();
  }

  /** The server has ended the session. Unsent messages stay in storage, for when the same person signs in again. */
  async #leave(reason: string): Promise<void> {
    const account = this.#account;
    this.#account = null;
    account?.close(new ParleyError('signed_out', 'The session has ended.'));
    await this.#session.forget();
    this.#emitter.emit('signedOut', { reason });
  }
}
