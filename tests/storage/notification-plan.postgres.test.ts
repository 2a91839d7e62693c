import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moveReceipts } from '../../src/engine/conversations/receipt-store.ts';
import { hideMessages } from '../../src/engine/messages/marks-store.ts';
import { removeMessages } from '../../src/engine/messages/removal-store.ts';
import { storeMessages } from '../../src/engine/messages/store.ts';
import { bury } from '../../src/engine/messages/store-changes.ts';
import { notificationKinds } from '../../src/engine/notifications/index.ts';
import * as notifications from '../../src/engine/notifications/store.ts';
import { plainArray } from '../../src/engine/ports/database.ts';
import {
  type FilledDatabase,
  fillDatabase,
  idOf,
  messageIdOf,
  type PlanCase,
  sqlId,
  sqlMessageId,
} from '../harness/plans.ts';
import { notificationStatements } from './plan-coverage.ts';

/** I have a direct conversation with each of the others but the last, each with 100 messages, all to me. */
const people = 1_001;
const directs = people - 1;
const eachSaid = 100;
const total = directs * eachSaid;
/** My notifications; the last of them are unread. Others have as many together, a few each. */
const mine = 10_000;
const unread = 2_000;
const blocked = 100;

const person = (n: number): string => idOf(0xa000 + n);
const sqlPerson = (n: string): string => sqlId(`${0xa000} + ${n}`);
const me = person(0);
const group = idOf(50_000);
const start = "'2020-01-01Z'::timestamptz";
const now = new Date('2022-01-01Z');

const fill = `
  insert into people (id, name, search, role, created_at, notified_kinds)
    select ${sqlPerson('n')}, 'Person ' || n, '', 'user', ${start}, '{message,mention,group_added}' from generate_series(0, ${people - 1}) as n;
  insert into blocks (person_id, blocked_id, created_at)
    select '${me}', ${sqlPerson(`${people} + n`)}, ${start} from generate_series(1, ${blocked}) as n;
  insert into conversations (id, kind, direct_key, created_by, created_at, last_activity_at, last_seq, rev, notifies)
    select ${sqlId('n')}, 'direct', '${me}:' || ${sqlPerson('n')}, '${me}', ${start}, ${start}, ${eachSaid}, ${eachSaid}, true
    from generate_series(1, ${directs}) as n;
  insert into conversations (id, kind, title, created_by, created_at, last_activity_at, last_seq, rev, member_count)
    values ('${group}', 'group', 'Group', '${me}', ${start}, ${start}, 0, 1, ${people});
  insert into members (conversation_id, person_id, joined_at)
    select ${sqlId('n')}, p, ${start} from generate_series(1, ${directs}) as n
    cross join lateral (values ('${me}'::uuid), (${sqlPerson('n')})) as both_of (p);
  insert into members (conversation_id, person_id, joined_at, role)
    select '${group}', ${sqlPerson('n')}, ${start}, case when n = 0 then 'owner' else 'member' end from generate_series(0, ${people - 1}) as n;
  insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
    select ${sqlId(`1 + n / ${eachSaid}`)}, 1 + n % ${eachSaid}, ${sqlMessageId('n')}, ${sqlPerson(`1 + n / ${eachSaid}`)}, 1, 'text', 'Hello',
      ${start} + n * interval '1 s'
    from generate_series(0, ${total - 1}) as n;
  insert into notifications (person_id, id, kind, conversation_id, seq, actor_id, created_at, read_at)
    select case when n < ${mine} then '${me}'::uuid else ${sqlPerson(`1 + n % ${people - 1}`)} end, ${sqlMessageId('n')}, 'message',
      ${sqlId(`1 + n / ${eachSaid}`)}, 1 + n % ${eachSaid}, ${sqlPerson(`1 + n / ${eachSaid}`)}, ${start} + n * interval '1 s',
      case when n not between ${mine - unread} and ${mine - 1} then ${start} end
    from generate_series(0, ${total - 1}) as n`;

/** Pages of one look-up in an index, with the row. */
const lookUp = 6;
/** With its message, group and actor. */
const shown = 4 * lookUp;
/** The list of blocked people, once. */
const blocks = blocked * 2;
/** Entry of each of five indexes, and the row. */
const written = 6 * lookUp;

const feed = { personId: me, kinds: null, now };
const page = { unreadOnly: false, before: null, offset: 0, limit: 50 };
const batch = Array.from({ length: 50 }, (_, n) => n);
const position = { at: new Date(Date.UTC(2020, 0, 1) + (mine - 5_000) * 1_000), seq: 1, id: messageIdOf(0) };

const cases: PlanCase[] = [
  ['the newest', (unit) => notifications.selectFeed(unit, feed, page), 50, blocks + 50 * shown],
  [
    'a later page',
    (unit) => notifications.selectFeed(unit, feed, { ...page, before: position }),
    50,
    blocks + 50 * shown,
  ],
  [
    'far behind',
    (unit) => notifications.selectFeed(unit, feed, { ...page, offset: 1_000 }),
    50,
    blocks + 1_050 * 2 + 50 * shown,
  ],
  [
    'of kinds',
    (unit) => notifications.selectFeed(unit, { ...feed, kinds: ['message'] }, page),
    50,
    blocks + 50 * shown,
  ],
  [
    'unread ones',
    (unit) => notifications.selectFeed(unit, feed, { ...page, unreadOnly: true }),
    50,
    blocks + 50 * shown,
  ],
  ['how many are unread', (unit) => notifications.countUnread(unit, feed), 1, blocks + unread * 2],
  [
    'by conversation',
    (unit) => notifications.selectGroups(unit, feed, 50),
    20,
    blocks + unread * 2 + 50 * (shown + lookUp),
  ],
  ['a page of the export', (unit) => notifications.selectKept(unit, me, position, 500), 500, 500 * 2],
  ['one', (unit) => notifications.findNotification(unit, feed, messageIdOf(1)), 1, blocks + shown],
  ['one that is read', (unit) => notifications.markOneRead(unit, me, messageIdOf(mine - 1), now), 1, lookUp + written],
  ['all that are read', (unit) => notifications.markManyRead(unit, feed, 1_000), 1_000, 1_000 * (3 * lookUp + written)],
  ['one that goes', (unit) => notifications.deleteNotification(unit, me, messageIdOf(1)), 1, 2 * lookUp],
  ['all that go', (unit) => notifications.deleteFeed(unit, me), 0, mine * 4],
  ['kinds', (unit) => notifications.setKinds(unit, me, notificationKinds), 0, written],
  ['of what conversations', (unit) => notifications.notifyOfDirectsOf(unit, me), 0, directs * 2 * lookUp],
  [
    'people who are added',
    (unit) => {
      const personIds = Array.from({ length: 500 }, (_, n) => person(n + 1));
      const added = { conversationId: group, id: idOf(1), seq: 1, actorId: me, at: now, personIds };
      return notifications.insertAdded(unit, added);
    },
    500,
    500 * (2 * lookUp + written),
  ],
  [
    'old ones',
    (unit) => notifications.deleteOlder(unit, new Date(Date.UTC(2020, 0, 1) + 5_000_000), 500),
    500,
    500 * 3 * lookUp,
  ],
  [
    'messages that are sent',
    (unit) =>
      unit.prepared(storeMessages, [
        batch,
        batch.map((n) => messageIdOf(0x7000_0000 + n)),
        batch.map((n) => idOf(n + 1)),
        batch.map((n) => person(n + 1)),
        batch.map(() => null),
        batch.map(() => 'text'),
        batch.map(() => 'Hello'),
        now,
        batch.map(() => null),
      ]),
    50,
    50 * (7 * lookUp + 3 * written),
  ],
  [
    'a message that names people',
    (unit) => {
      const mentions = batch.map((n) => ({ personId: person(n + 1), start: 0, length: 1 }));
      const values = [[0], [messageIdOf(0x7000_0000)], [group], [me], [null], ['text'], ['Hello'], now];
      return unit.prepared(storeMessages, [...values, [JSON.stringify({ mentions })]]);
    },
    1,
    50 * (4 * lookUp + written) + 2 * written,
  ],
  [
    'receipts',
    (unit) => {
      const numbers = batch.map((n) => n + mine / eachSaid - 24);
      const all = plainArray(batch.map(() => eachSaid));
      const conversations = plainArray(numbers.map((n) => idOf(n)));
      const whose = plainArray(numbers.map(() => me));
      return unit.prepared(moveReceipts, [plainArray(batch), conversations, whose, all, all, now]);
    },
    100,
    batch.length * 60 + batch.length * eachSaid * 6 + unread * (lookUp + written),
  ],
];

/** What triggers do is looked at beside the statement that sets them off: of each message, its conversation is looked up. */
const triggered: PlanCase[] = [
  [
    'messages that are deleted',
    (unit) => {
      const graves = batch.map((n) => ({ seq: n + 1, rev: 200 + n }));
      return bury(unit, { conversationId: idOf(1), graves, by: me, at: now });
    },
    50,
    50 * (8 * lookUp + written),
  ],
  ['messages that are removed', (unit) => removeMessages(unit, idOf(1), 0, 50), 50, 50 * (8 * lookUp + written)],
  [
    'messages that are hidden',
    (unit) => hideMessages(unit, { personId: me, conversationId: idOf(1), version: 1 }, batch),
    0,
    50 * (4 * lookUp + written),
  ],
  [
    'a conversation that is cleared',
    (unit) =>
      unit.sql
        .updateTable('members')
        .set({ history_from: 50 })
        .where('conversation_id', '=', idOf(1))
        .where('person_id', '=', me)
        .execute(),
    0,
    50 * 3 * lookUp,
  ],
];

describe('with a hundred thousand notifications, ten thousand of one person', () => {
  let filled: FilledDatabase;
  beforeAll(async () => {
    filled = await fillDatabase(fill);
  }, 120_000);
  afterAll(() => filled.close());

  describe.each([['before'], ['after']])('%s the planner has statistics', (when) => {
    beforeAll(async () => {
      if (when === 'after') await filled.query('vacuum analyze');
    });
    test.each(cases)('%s: only look-ups', (_what, work, rows, most) => filled.expectLookUps(work, rows, most));
  });

  describe('what triggers do', () => {
    beforeAll(() => filled.query('set auto_explain.log_nested_statements = on'));
    test.each(triggered)('%s: only look-ups', (_what, work, rows, most) => filled.expectLookUps(work, rows, most));
  });

  test('none is forgotten', () => {
    expect(notificationStatements.filter((name) => !filled.ran.has(name))).toEqual([]);
  });
});
