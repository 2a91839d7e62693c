import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as audit from '../../src/engine/audit/store.ts';
import { authData } from '../../src/engine/auth/my-data.ts';
import * as auth from '../../src/engine/auth/store.ts';
import * as contacts from '../../src/engine/contacts/store.ts';
import * as memberships from '../../src/engine/conversations/membership-store.ts';
import { conversationData } from '../../src/engine/conversations/my-data.ts';
import * as ownSettings from '../../src/engine/conversations/own-settings-store.ts';
import * as receiptStore from '../../src/engine/conversations/receipt-store.ts';
import * as conversationStore from '../../src/engine/conversations/store.ts';
import * as departures from '../../src/engine/departures/store.ts';
import * as devices from '../../src/engine/devices/store.ts';
import * as invites from '../../src/engine/groups/invite-store.ts';
import * as groupStore from '../../src/engine/groups/store.ts';
import * as inbox from '../../src/engine/inbox/store.ts';
import * as marks from '../../src/engine/messages/marks-store.ts';
import { messageData } from '../../src/engine/messages/my-data.ts';
import * as quotes from '../../src/engine/messages/quoted-store.ts';
import * as removal from '../../src/engine/messages/removal-store.ts';
import * as shownStore from '../../src/engine/messages/shown-store.ts';
import * as messages from '../../src/engine/messages/store.ts';
import * as changes from '../../src/engine/messages/store-changes.ts';
import { moderationData } from '../../src/engine/moderation/my-data.ts';
import * as reports from '../../src/engine/moderation/store.ts';
import { changeAddressBooks } from '../../src/engine/people/change-address-books.ts';
import { type DirectoryQuery, listDirectory } from '../../src/engine/people/directory-store.ts';
import { detachContacts, eraseRelations } from '../../src/engine/people/erase-relations.ts';
import { findByNumber, findByPhone } from '../../src/engine/people/find-by-phone.ts';
import { publicFacesOf, visiblePeopleOf } from '../../src/engine/people/get-person.ts';
import { judgeAdding } from '../../src/engine/people/group-privacy.ts';
import { phoneIdentity } from '../../src/engine/people/identity.ts';
import { linkContacts, lockNewPhone } from '../../src/engine/people/link-contacts.ts';
import { peopleData } from '../../src/engine/people/my-data.ts';
import { profileCards } from '../../src/engine/people/profile-cards.ts';
import { acquaintances } from '../../src/engine/people/relations.ts';
import * as peopleStore from '../../src/engine/people/store.ts';
import { visibleAmong, visiblePresence } from '../../src/engine/people/visible-presence.ts';
import { plainArray } from '../../src/engine/ports/database.ts';
import * as preferences from '../../src/engine/preferences/store.ts';
import * as scheduling from '../../src/engine/scheduling/store.ts';
import * as search from '../../src/engine/search/store.ts';
import type { DataPart } from '../../src/engine/shared/data-part.ts';
import {
  big,
  bigSize,
  contactsEach,
  first,
  groups,
  me,
  million,
  mine,
  person,
  persons,
  waitingPhone,
} from '../harness/million.ts';
import {
  conversations,
  declaredStatements,
  type Explainable,
  type FilledDatabase,
  fillDatabase,
  idOf,
  inFirst,
  inOthers,
  messageIdOf,
  type PlanCase,
} from '../harness/plans.ts';
import { inboxStatements, mediaStatements, notificationStatements, searchStatements } from './plan-coverage.ts';

const ids = Array.from({ length: conversations }, (_, n) => idOf(n + 1));
const now = new Date('2022-01-01Z');
const soon = new Date('2022-01-01T00:01:00Z');
const begin = new Date('2020-01-01Z');
const viewing = { conversationId: first, personId: me, historyFrom: 0 };
const range = <Value>(count: number, value: (n: number) => Value): Value[] =>
  Array.from({ length: count }, (_, n) => value(n));
const place = { conversation_id: first, seq: 1 };
const noId = idOf(0);
/** Whoever has seen it is among the members of a group, who are all gone through before there are statistics. */
const seenMessage = { conversation_id: big, seq: 50, sender_id: me, created_at: now } as messages.MessageRow;

/** Reads as far as the first items of an export. */
const exporting =
  (part: DataPart | undefined, items: number): Explainable =>
  async (_unit, database) => {
    let seen = 0;
    for await (const _ of part?.read(database, me) ?? []) if (++seen === items) break;
    expect(seen).toBe(items);
  };
const part = (parts: readonly DataPart[], name: string) => parts.find((one) => one.name === name);

/** Pages of one look-up in an index, with the row. */
const lookUp = 6;
/** Of a person with what others may see of them: blocks and contacts twice. */
const profile = 5 * lookUp;
/** Of a message with its reactions and marks. */
const shown = 4 * lookUp;

const newest = { before: Number.MAX_SAFE_INTEGER, order: 'desc', offset: 0, limit: 50 } as const;
const members = { after: groupStore.firstPlace, key: null, role: 'any', limit: 50 } as const;
const contactList = { favourites: false, matching: null, after: null, limit: 50 } as const;
const matching = (words: string, digits: string | null = null) => ({ ...contactList, matching: { words, digits } });
const finding = (key: string) => ({ key, viewerId: me, limit: 20, now });
/** The directory for the person, or for everybody. */
const listing =
  (query: Partial<DirectoryQuery>, viewerId: string | null = me): Explainable =>
  (unit) =>
    listDirectory(unit, { viewerId, matching: null, offset: 0, limit: 50, now, ...query });
const listed = (words: string) => listing({ matching: { words, personId: null } });
/** The newest accounts are counted in the index, and in the rows themselves until the table was vacuumed. */
const counted = 10_000 / 4;
/** Those of the newest accounts whose names are gone through, and what indexes find. */
const windowed = 5_000 / 10 + 1_000 * lookUp;
/** The whole address book is gone through, each contact with its person. */
const addressBook = contactsEach * 2 * lookUp;
const knownContacts =
  (query: Partial<contacts.KnownContactQuery>): Explainable =>
  (unit) =>
    contacts.selectKnownContacts(unit, me, {
      ...{ blocked: null, favourites: false, matching: null, offset: 0, limit: 10_001 },
      ...query,
    });
const last = { at: new Date('2021-12-31Z'), id: noId };
/** A batch as the batcher sends it. */
const batchSize = 50;
const batch = range(batchSize, (n) => n);
const batched =
  (conversation: (n: number) => string): Explainable =>
  (unit) => {
    const columns = [
      batch,
      batch.map((n) => messageIdOf(0x7000_0000 + n)),
      batch.map(conversation),
      batch.map(() => me),
      batch.map((n) => `new${n}`),
      batch.map(() => 'text'),
    ];
    const more = batch.map(() => '{}');
    return unit.prepared(messages.storeMessages, [...columns, batch.map(() => 'Hello'), now, more]);
  };
const receipts = batch.map((n) => ({ conversation: idOf(n + 1), seq: n === 0 ? inFirst : inOthers }));

const cases: [feature: string, readonly PlanCase[]][] = [
  [
    'messages',
    [
      ['the latest', (unit) => messages.selectHistory(unit, viewing, { latest: true }, 50), 50, 50 * shown],
      ['before', (unit) => messages.selectHistory(unit, viewing, { before: 250_000 }, 50), 50, 50 * shown],
      ['after', (unit) => messages.selectHistory(unit, viewing, { after: 250_000 }, 50), 50, 50 * shown],
      ['around', (unit) => messages.selectHistory(unit, viewing, { around: 250_000 }, 50), 50, 50 * shown],
      ['one by its clientId', (unit) => messages.findSent(unit, first, me, 'none'), 0, lookUp],
      ['one by its id', (unit) => messages.findMessage(unit, viewing, messageIdOf(0)), 1, shown],
      [
        'some by their ids',
        (unit) =>
          messages.findMessages(
            unit,
            viewing,
            range(50, (n) => messageIdOf(2 * n)),
          ),
        50,
        50 * shown,
      ],
      [
        'some by their places',
        (unit) =>
          messages.findMessagesBySeq(
            unit,
            range(50, (n) => ({ conversationId: first, seq: 500 * n + 500, viewerId: me })),
          ),
        50,
        50 * shown,
      ],
      [
        'who of the mentioned is there',
        (unit) => messages.findMembersAmong(unit, big, persons(9_975, 50)),
        25,
        50 * lookUp,
      ],
      ['one to answer', (unit) => quotes.findAnswered(unit, viewing, messageIdOf(0)), 1, shown + lookUp],
      [
        'what is answered',
        (unit) =>
          quotes.findQuoted(
            unit,
            me,
            range(50, (n) => ({ conversationId: first, seq: 500 * n + 2, historyFrom: 0 })),
            now,
          ),
        50,
        50 * (shown + lookUp),
      ],
      ['the newest that are shown', (unit) => shownStore.selectShown(unit, viewing, newest, now), 50, 60 * shown],
      [
        'a page far back',
        (unit) => shownStore.selectShown(unit, viewing, { ...newest, offset: 1_000 }, now),
        50,
        1_100 * lookUp,
      ],
      [
        'the oldest that are shown',
        (unit) => shownStore.selectShown(unit, viewing, { ...newest, order: 'asc' }, now),
        50,
        60 * shown,
      ],
      [
        'those before a place',
        (unit) => shownStore.selectShown(unit, viewing, { ...newest, before: 250_000 }, now),
        50,
        60 * shown,
      ],
      ['where one is', (unit) => shownStore.findPlace(unit, messageIdOf(0)), 1, lookUp],
      [
        'what some said before',
        (unit) =>
          shownStore.selectFormer(
            unit,
            range(10, (n) => ({ conversationId: first, seq: 10 * n + 10 })),
          ),
        1_000,
        10 * (101 + lookUp),
      ],
      ['the pinned ones', (unit) => changes.selectPins(unit, viewing), 50, 50 * shown],
      ['how many are pinned', (unit) => changes.countPins(unit, first), 1, 50 * lookUp],
      ['the edits of one', (unit) => changes.selectEdits(unit, place), 101, 101 * 2 + lookUp],
      ['how many edits', (unit) => changes.countEdits(unit, place), 1, 101 * 2],
      ['who has seen one', (unit) => changes.selectSeenBy(unit, seenMessage, noId, 100), 100, bigSize / 10],
      [
        'a later page of who has seen one',
        (unit) => changes.selectSeenBy(unit, seenMessage, person(5_000), 100),
        100,
        bigSize / 10,
      ],
      [
        'one that nobody has seen',
        (unit) => changes.selectSeenBy(unit, { ...seenMessage, seq: 101 }, noId, 100),
        0,
        bigSize / 10,
      ],
      ['a batch into one conversation', batched(() => first), batchSize, batchSize * 60],
      ['a batch into many', batched((n) => idOf(n + 1)), batchSize, batchSize * 60],
      [
        'the lock of a batch',
        (unit) => unit.prepared(messages.lockConversations, [plainArray(ids.slice(0, batchSize))]),
        batchSize,
        batchSize * 2 * lookUp,
      ],
      [
        'places to mark',
        (unit) =>
          marks.findPlaces(
            unit,
            viewing,
            range(100, (n) => messageIdOf(2 * n)),
            now,
          ),
        100,
        100 * 2 * lookUp,
      ],
      ['marks that go', (unit) => marks.clearMarks(unit, me, first, 50_000), 101, 100 * 2 * lookUp],
      [
        'marks that come',
        (unit) =>
          marks.hideMessages(
            unit,
            { personId: me, conversationId: first, version: 1 },
            range(100, (n) => n + 1),
          ),
        0,
        100 * 5 * lookUp,
      ],
      [
        'tombstones',
        (unit) =>
          changes.bury(unit, {
            conversationId: first,
            graves: range(100, (n) => ({ seq: 500 * n + 500, rev: n })),
            by: me,
            at: now,
          }),
        1_000,
        100 * (5 + 100 + 10) * 3,
      ],
      ['expired ones', (unit) => removal.selectExpired(unit, now, 500), 500, 500 * 2],
      [
        'expired ones that are still there',
        (unit) =>
          removal.selectStillExpired(
            unit,
            first,
            range(100, (n) => 50 * n + 1),
            now,
          ),
        100,
        100 * lookUp,
      ],
      [
        'as all see them',
        (unit) =>
          removal.selectAsAll(
            unit,
            first,
            range(100, (n) => 500 * n + 500),
          ),
        100,
        100 * shown,
      ],
      ['the retention walk', (unit) => removal.selectWalkPage(unit, noId, 500), 500, 500 * 2 * lookUp],
      [
        'a later page of the retention walk',
        (unit) => removal.selectWalkPage(unit, idOf(0x10_2000), 500),
        500,
        500 * 2 * lookUp,
      ],
      ['the oldest ones', (unit) => removal.selectOldest(unit, first, 0, 1_000), 1_000, 1_000 * 2],
      ['old ones that go', (unit) => removal.removeMessages(unit, first, 0, 1_000), 200, 1_000 * 20],
      ['all marks of a person', (unit) => removal.deleteMarksOf(unit, me), 0, mine * lookUp],
    ],
  ],
  [
    'conversations',
    [
      [
        'peers among others',
        (unit) => conversationStore.peersAmong(unit, me, persons(150, 500)),
        500,
        500 * (groups + 2) * lookUp,
      ],
      ['all peers', (unit) => conversationStore.peersOf(unit, me, 256, 2_000), 200, conversations * 4 * lookUp],
      ['those who know each other', (unit) => acquaintances(unit, me, 500), 500, 1_000 * 2],
      [
        'who sees whom',
        (unit) =>
          visibleAmong(
            unit,
            persons(1, 50).map((personId) => ({ viewerId: persons(60, 1)[0] as string, personId })),
          ),
        50,
        50 * (conversations * 2 + 10) * lookUp,
      ],
      [
        'a batch of receipts',
        (unit) =>
          unit.prepared(receiptStore.moveReceipts, [
            plainArray(batch),
            plainArray(receipts.map((one) => one.conversation)),
            plainArray(batch.map(() => me)),
            plainArray(receipts.map((one) => one.seq)),
            plainArray(receipts.map((one) => one.seq)),
            now,
          ]),
        100,
        // With the twenty messages that each passes.
        batchSize * (60 + 20),
      ],
      ['how far all have come', (unit) => receiptStore.selectReceipts(unit, first, me), 100, 100 * lookUp],
      ['how far all of very many have come', (unit) => receiptStore.selectReceipts(unit, big, me), 0, 2 * lookUp],
      [
        'memberships of now',
        (unit) => memberships.selectCurrentMemberships(unit, me, noId, 100),
        100,
        100 * 2 * lookUp,
      ],
      [
        'a later page of memberships',
        (unit) => memberships.selectCurrentMemberships(unit, me, idOf(100), 100),
        100,
        100 * 2 * lookUp,
      ],
      ['memberships ever', (unit) => memberships.selectMemberships(unit, me, undefined, 500), 201, 201 * 2 * lookUp],
      ['conversations to close', (unit) => memberships.closeDirects(unit, ids.slice(10, 110)), 100, 100 * 4 * lookUp],
      ['settings to forget', (unit) => memberships.resetOwnSettings(unit, me, ids.slice(0, 100)), 0, 100 * 4 * lookUp],
      ['how many are pinned', (unit) => ownSettings.countPinned(unit, me), 1, 201 * 2],
      ['own versions', (unit) => ownSettings.bumpOwnVersions(unit, me, ids.slice(0, 100)), 100, 100 * 6 * lookUp],
      ['groups of a person', (unit) => inbox.groupsOf(unit, me), 11, 201 * 2 * lookUp],
      ['what a person calls them', (unit) => inbox.customNamesOf(unit, me), 0, 201 * 2],
    ],
  ],
  [
    'groups',
    [
      ['members', (unit) => groupStore.selectMembers(unit, big, me, members), 50, 50 * profile],
      [
        'a later page of members',
        (unit) =>
          groupStore.selectMembers(unit, big, me, {
            ...members,
            after: { at: new Date(begin.getTime() + 5_000_000), id: person(5_000) },
          }),
        50,
        50 * profile,
      ],
      [
        'members by name',
        (unit) => groupStore.selectMembers(unit, big, me, { ...members, key: 'anna' }),
        50,
        50 * profile + 50 * 100 * lookUp,
      ],
      [
        'members of a name that nobody has',
        (unit) => groupStore.selectMembers(unit, big, me, { ...members, key: 'zoe' }),
        0,
        bigSize * lookUp,
      ],
      ['the owner', (unit) => groupStore.selectMembers(unit, big, me, { ...members, role: 'owner' }), 1, 50 * profile],
      ['admins', (unit) => groupStore.selectMembers(unit, big, me, { ...members, role: 'admin' }), 49, 50 * profile],
      [
        'plain members',
        (unit) => groupStore.selectMembers(unit, big, me, { ...members, role: 'member' }),
        50,
        50 * profile + 50 * lookUp,
      ],
      ['all of a small group', (unit) => groupStore.allMembers(unit, first), 100, 100 * 2 * lookUp],
      ['who has a say', (unit) => groupStore.adminsOf(unit, big), 50, 50 * lookUp],
      ['who follows the owner', (unit) => groupStore.findSuccessor(unit, big, person(1)), 1, 50 * 2 * lookUp],
      ['who follows without admins', (unit) => groupStore.findSuccessor(unit, first, person(1)), 1, 50 * 2 * lookUp],
      ['what people are in it', (unit) => groupStore.membershipsOf(unit, big, persons(9_750, 500)), 250, 500 * lookUp],
      [
        'people who come',
        (unit) =>
          groupStore.insertMembers(unit, {
            conversationId: big,
            personIds: persons(bigSize, 500),
            role: 'member',
            addedBy: me,
            at: now,
            lastSeq: 100,
            historyFrom: 0,
          }),
        500,
        500 * 6 * lookUp,
      ],
      [
        'whom one may add',
        (unit) => judgeAdding(unit, me, persons(100, 500), now),
        1_000,
        500 * (profile + 2 * lookUp),
      ],
      ['groups that somebody has asked', (unit) => invites.groupsAskedBy(unit, me, 100), 1, 100 * lookUp],
      [
        'requests to join',
        (unit) => invites.selectRequests(unit, big, me, groupStore.firstPlace, 50),
        50,
        50 * profile,
      ],
      [
        'a later page of requests',
        (unit) =>
          invites.selectRequests(unit, big, me, { at: new Date(begin.getTime() + 500_000), id: person(500) }, 50),
        50,
        50 * profile,
      ],
      ['requests that are answered', (unit) => invites.takeRequests(unit, big, persons(0, 100)), 100, 100 * 4 * lookUp],
      ['all requests of a group', (unit) => invites.deleteAllRequests(unit, big), 0, mine * lookUp],
      ['a request by its code', (unit) => invites.findRequestByCode(unit, me, '0'), 1, lookUp],
      ['everybody who goes', (unit) => groupStore.endAllMemberships(unit, first, now), 100, 100 * 8 * lookUp],
    ],
  ],
  [
    'people',
    [
      ['by part of a name', (unit) => peopleStore.searchPeople(unit, finding('rson4242')), 11, 1_000],
      ['by a name that many have', (unit) => peopleStore.searchPeople(unit, finding('anna')), 20, 500 * 3 * lookUp],
      ['by two characters', (unit) => peopleStore.searchPeople(unit, finding('an')), 20, 1_000 * 3 * lookUp],
      ['by two characters inside', (unit) => peopleStore.searchPeople(unit, finding('rs')), 20, 1_000 * 3 * lookUp],
      ['by one character', (unit) => peopleStore.searchPeople(unit, finding('p')), 20, 500 * 3 * lookUp],
      ['the newest', listing({}), 51, counted + 50 * 2 * profile],
      ['the newest as all see them', listing({}, null), 51, counted + 50 * 2 * profile],
      ['the last page of the newest', listing({ offset: 9_950 }), 51, 2 * counted + 50 * 2 * profile],
      ['the newest by part of a name', listed('rson4242'), 11, windowed + 2_000],
      ['the newest by a name that many have', listed('anna'), 50, windowed + 50 * 2 * profile],
      ['the newest by one character', listed('p'), 50, windowed + 50 * 2 * profile],
      ['by a number', (unit) => findByNumber(unit, me, phoneIdentity('+16502530000'), now), 0, 2 * lookUp],
      ['by their ids', (unit) => visiblePeopleOf(unit, me, persons(1, 200)), 200, 200 * profile],
      ['what all may see of some', (unit) => publicFacesOf(unit, persons(1, 200)), 200, 200 * lookUp],
      [
        'by phone',
        (unit) =>
          findByPhone(
            unit,
            me,
            range(1_000, (n) => `+1${n}`),
            now,
          ),
        500,
        1_000 * (profile + lookUp),
      ],
      ['presence', (unit) => visiblePresence(unit, me, persons(1, 500), new Set()), 0, 500 * profile],
      ['all that is shown', (unit) => profileCards(unit, me, persons(1, 200)), 200, 200 * (profile + 4 * lookUp)],
      ['to lock', (unit) => peopleStore.lockPeople(unit, persons(0, 500), 'alone'), 500, 500 * 2 * lookUp],
      [
        'seen now',
        (unit) =>
          peopleStore.setLastSeen(
            unit,
            persons(0, 500),
            range(500, () => now),
          ),
        500,
        500 * 8 * lookUp,
      ],
      ['any admin', (unit) => peopleStore.anyAdmin(unit), 1, lookUp],
      ['names to sign in by', (unit) => peopleStore.identitiesOf(unit, me), 1, 2 * lookUp],
    ],
  ],
  [
    'contacts',
    [
      ['the list', (unit) => contacts.selectContacts(unit, me, contactList), 50, addressBook],
      [
        'a later page',
        (unit) => contacts.selectContacts(unit, me, { ...contactList, after: { key: ' friend2', id: noId } }),
        50,
        addressBook,
      ],
      ['favourites', (unit) => contacts.selectContacts(unit, me, { ...contactList, favourites: true }), 0, addressBook],
      ['by name', (unit) => contacts.selectContacts(unit, me, matching('friend10')), 50, addressBook],
      ['by number', (unit) => contacts.selectContacts(unit, me, matching('123', '123')), 28, addressBook],
      [
        'a numbered page',
        (unit) => contacts.selectContactPage(unit, me, { matching: null, offset: 1_000, limit: 50 }),
        50,
        addressBook,
      ],
      ['all of them', knownContacts({}), contactsEach, contactsEach * (profile + lookUp)],
      ['those who are blocked', knownContacts({ blocked: true }), 0, addressBook + 2 * mine],
      [
        'those found by name',
        knownContacts({ matching: { words: 'friend10', phone: undefined, personId: null } }),
        56,
        addressBook,
      ],
      ['a page of them', knownContacts({ offset: 1_000, limit: 50 }), 50, 1_050 * (profile + lookUp)],
      ['one', (unit) => contacts.selectContact(unit, me, idOf(0)), 1, 2 * profile],
      ['how many', (unit) => contacts.countContacts(unit, me, 10_000), 1, contactsEach],
      ['who has blocked whom', (unit) => contacts.selectBlockedWith(unit, me, 500), 500, 1_000 * 2],
      ['who is blocked', (unit) => contacts.selectBlocks(unit, me, null, 50), 50, 50 * profile],
      [
        'a later page of who is blocked',
        (unit) => contacts.selectBlocks(unit, me, { at: new Date(begin.getTime() + 500_000), id: noId }, 50),
        50,
        50 * profile,
      ],
      ['owners of a number', (unit) => lockNewPhone(unit, '+1499', me), 999, 500 * 5 * lookUp],
      [
        'contacts that get a person',
        (unit) => linkContacts(unit, waitingPhone, person(60_000)),
        1_497,
        500 * 60 * lookUp,
      ],
      [
        'contacts that get a person whom they have',
        (unit) => linkContacts(unit, waitingPhone, person(500)),
        1_497,
        500 * 60 * lookUp,
      ],
      [
        'changed address books',
        (unit) =>
          Promise.all(
            (['looks', 'contacts', 'blocks'] as const).map((change) =>
              changeAddressBooks(unit, persons(0, 100), change),
            ),
          ),
        300,
        300 * 10 * lookUp,
      ],
      ['contacts that lose a person', (unit) => detachContacts(unit, person(499), 500), 2_495, 500 * 60 * lookUp],
      ['an address book that goes', (unit) => eraseRelations(unit, me), 0, (contactsEach + mine) * lookUp],
    ],
  ],
  [
    'sessions',
    [
      ['live ones', (unit) => auth.liveSessionsOf(unit, me, now), 500, mine * 2],
      ['how many', (unit) => auth.countLiveSessions(unit, me, now, 100), 1, 100 * 2],
      ['sign-ins', (unit) => auth.signInsOf(unit, me, null, 50), 50, 50 * 2],
      ['sign-ins far back', (unit) => auth.signInsOf(unit, me, null, 50, 500), 50, 550 * 2],
      ['a later page of sign-ins', (unit) => auth.signInsOf(unit, me, idOf(500), 50), 50, 50 * 2],
      [
        'used ones',
        (unit) =>
          auth.touchSessions(
            unit,
            range(100, (n) => idOf(2 * n + 1)),
            now,
            now,
          ),
        0,
        100 * 8 * lookUp,
      ],
      ['all to revoke', (unit) => auth.revokeSessions(unit, { personId: me }, now, 'person'), 500, 500 * 8 * lookUp],
      ['what is forgotten', (unit) => auth.forgetSignIns(unit, me), 0, (mine + mine) * 8 * lookUp],
      ['codes that have expired', (unit) => auth.sweepBatch(unit, 'codes', now, 1_000), 1_000, 1_000 * 2 * lookUp],
      [
        'sessions that have expired',
        (unit) => auth.sweepBatch(unit, 'sessions', now, 1_000),
        1_000,
        1_000 * 2 * lookUp,
      ],
      ['sign-ins that are old', (unit) => auth.sweepBatch(unit, 'signIns', now, 1_000), 1_000, 1_000 * 2 * lookUp],
    ],
  ],
  [
    'devices',
    [
      ['of a person', (unit) => devices.devicesOf(unit, me), 20, 20 * 2 + lookUp],
      ['that have a token', (unit) => devices.releaseToken(unit, 't5000'), 1, 6 * lookUp],
      ['all of a person', (unit) => devices.deleteDevices(unit, me), 0, 20 * lookUp],
      ['the session of one', (unit) => devices.holdSession(unit, idOf(1)), 1, 2 * lookUp],
      ['preferences', (unit) => preferences.chosenOf(unit, me), 1, lookUp],
      ['preferences that go', (unit) => preferences.deletePreferences(unit, me), 0, 2 * lookUp],
    ],
  ],
  [
    'moderation',
    [
      // Of each, a hundred others about the same person are counted; before there are statistics, all five hundred.
      [
        'open reports',
        (unit) => reports.selectReports(unit, 'open', { at: new Date(begin.getTime() + 6_000_000), id: noId }, 50),
        50,
        50 * 600,
      ],
      [
        'a later page of reports',
        (unit) => reports.selectReports(unit, 'resolved', { at: new Date(begin.getTime() + 5_000_000), id: noId }, 50),
        50,
        50 * 120,
      ],
      ['dismissed reports', (unit) => reports.selectReports(unit, 'dismissed', null, 50), 0, lookUp],
      ['one report', (unit) => reports.findReport(unit, idOf(1_000)), 1, 600],
      ['old reports', (unit) => reports.deleteClosedReports(unit, now, 500), 500, 500 * 4 * lookUp],
      ['the audit log', (unit) => audit.selectEntries(unit, {}, null, 50), 50, 50 * 2],
      ['a later page of the audit log', (unit) => audit.selectEntries(unit, {}, last, 50), 50, 50 * 2],
      ['of an actor', (unit) => audit.selectEntries(unit, { actorId: me }, null, 50), 50, 50 * 2],
      ['of an action', (unit) => audit.selectEntries(unit, { action: 'report.read' }, last, 50), 50, 50 * 2],
      [
        'of an actor and an action',
        (unit) => audit.selectEntries(unit, { actorId: me, action: 'account.suspended' }, null, 50),
        10,
        50 * 2,
      ],
      ['of a target', (unit) => audit.selectEntries(unit, { targetId: me }, null, 50), 50, 50 * 2],
      [
        'of a target and an action',
        (unit) => audit.selectEntries(unit, { targetId: me, action: 'account.suspended' }, null, 50),
        10,
        mine * 2,
      ],
      ['old entries', (unit) => audit.deleteOldEntries(unit, now, 500), 500, 500 * 4 * lookUp],
    ],
  ],
  [
    'scheduling',
    [
      ['what a person will say', (unit) => scheduling.selectScheduled(unit, me, undefined), 100, 100 * 2],
      ['in one conversation', (unit) => scheduling.selectScheduled(unit, me, first), 100, 100 * 2],
      ['how many', (unit) => scheduling.countScheduled(unit, me), 100, 100 * 2],
      ['whether any is due', (unit) => scheduling.anyDue(unit, now), 1, lookUp],
      ['whether none is due', (unit) => scheduling.anyDue(unit, begin), 0, lookUp],
      ['what is due', (unit) => scheduling.claimDue(unit, now, soon, 100), 100, 100 * 6 * lookUp],
      ['all of a person', (unit) => scheduling.deleteScheduledOf(unit, me), 0, 100 * lookUp],
    ],
  ],
  [
    'departures',
    [
      ['whether there is any', (unit) => departures.anyDeparture(unit, now), 1, lookUp],
      ['the next', (unit) => departures.claimDeparture(unit, now, soon), 1, 4 * lookUp],
    ],
  ],
  [
    'export',
    [
      ['conversations', exporting(part(conversationData, 'conversations'), 201), 201, 201 * 2 * lookUp],
      [
        'messages',
        exporting(part(messageData({ now: () => now.getTime() }), 'messages'), 100),
        301,
        201 * 2 * lookUp + 1_000 * 2,
      ],
      [
        'reactions',
        exporting(part(messageData({ now: () => now.getTime() }), 'reactions'), 2),
        203,
        201 * 2 * lookUp + 1_000 * lookUp,
      ],
      ['marks', exporting(part(messageData({ now: () => now.getTime() }), 'marks'), 1_000), 1_000, 1_000 * 2],
      ['contacts', exporting(part(peopleData, 'contacts'), contactsEach), contactsEach, contactsEach * 2],
      ['blocks', exporting(part(peopleData, 'blocks'), mine), mine, mine * 2],
      ['reports', exporting(part(moderationData, 'reports'), mine), mine, mine * 2],
      ['sessions', exporting(part(authData, 'sessions'), 500), 500, mine * 2],
      ['sign-ins', exporting(part(authData, 'signIns'), mine), mine, mine * 2],
    ],
  ],
  [
    'search',
    [
      [
        'what was found',
        (unit) =>
          search.selectFound(
            unit,
            { personId: me, now },
            range(50, (n) => ({ conversation_id: first, seq: 500 * n + 502 }) as search.ReadRow),
          ),
        50,
        50 * (shown + 2 * lookUp),
      ],
      [
        'signatures to keep',
        (unit) =>
          search.saveSignatures(
            unit,
            range(64, (n) => ({
              conversationId: first,
              block: n,
              upto: 128 * n + 127,
              edits: 0,
              signature: Buffer.alloc(4_096),
            })),
          ),
        0,
        64 * 4 * lookUp,
      ],
    ],
  ],
];

/** What is not looked at here, and why. */
const exceptions: Record<string, readonly string[]> = {
  'inbox-plan.postgres.test.ts looks at it': inboxStatements,
  'search-plan.postgres.test.ts looks at it': searchStatements,
  'media-plan.postgres.test.ts looks at it': mediaStatements,
  'notification-plan.postgres.test.ts looks at it': notificationStatements,
  'counts all files, when an operator asks': ['media-report'],
  'one row by its key, with what belongs to it': [
    ...['session-by-id', 'session-by-token', 'own-member', 'show-conversation', 'membership', 'block-between'],
    ...[
      'star-message',
      'edit-message',
      'react-to-message',
      'take-back-reaction',
      'pin-message',
      'claim-retention-walk',
    ],
    ...['auth/store.ts deleteCode', 'auth/store.ts deletePassword', 'contacts/store.ts updateContact'],
    ...['contacts/store.ts deleteContact', 'departures/store.ts moveDeparture', 'departures/store.ts deleteDeparture'],
    ...['groups/invite-store.ts countUse', 'groups/invite-store.ts deleteInvite', 'groups/store.ts endMembership'],
    ...['groups/store.ts setMemberRole', 'messages/removal-store.ts leaveWalk', 'people/store.ts setSuspension'],
    ...['people/store.ts erasePerson', 'people/store.ts deleteIdentitiesOfKind', 'people/store.ts markVerified'],
    ...['scheduling/store.ts claimScheduled', 'scheduling/store.ts deleteScheduled', 'media/store.ts setClaim'],
    ...['media/store.ts refuseMedia', 'media/store.ts readyMedia', 'media/collection-store.ts deleteLoose'],
    ...['media/collection-store.ts deleteChecks', 'media/quota-store.ts setSize'],
  ],
  'inserts what is given': [
    ...['store-system-message', 'put-report', 'audit/store.ts insertEntry', 'auth/store.ts putCode'],
    ...['auth/store.ts putPassword', 'auth/store.ts insertSession', 'auth/store.ts insertRefreshToken'],
    ...['auth/store.ts insertSignIn', 'contacts/store.ts insertContact', 'conversations/store.ts insertDirect'],
    ...['departures/store.ts insertDeparture', 'media/store.ts insertMedia', 'media/collection-store.ts insertCheck'],
    ...['media/collection-store.ts insertLoose', 'devices/store.ts putDevice', 'preferences/store.ts putChosen'],
  ],
  'no table': ['media-quota-lock', 'phone-lock-shared'],
};

describe('with a million messages and contacts', () => {
  let filled: FilledDatabase;
  beforeAll(async () => {
    filled = await fillDatabase(...million);
  }, 120_000);
  afterAll(() => filled.close());

  describe.each([['before'], ['after']])('%s the planner has statistics', (when) => {
    beforeAll(async () => {
      if (when === 'after') await filled.query('vacuum analyze');
    });

    describe.each(cases)('%s', (_feature, those) => {
      test.each(those)('%s: only look-ups', (_what, work, rows, most) => filled.expectLookUps(work, rows, most));
    });
  });

  test('none is forgotten', () => {
    const { prepared, built } = declaredStatements();
    const seen = [...filled.ran];
    const isSeen = (name: string) => seen.some((one) => new RegExp(`^${name.replaceAll('*', '.+')}$`).test(one));
    const excepted = new Set(Object.values(exceptions).flat());
    expect([...prepared, ...built].filter((name) => !isSeen(name) && !excepted.has(name))).toEqual([]);
    expect([...excepted].filter((name) => ![...prepared, ...built].includes(name))).toEqual([]);
  });
});
