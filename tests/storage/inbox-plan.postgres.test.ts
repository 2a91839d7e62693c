import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectShownConversations, shownConversationsOf } from '../../src/engine/inbox/shown-conversations-store.ts';
import {
  changedMessages,
  conversationsOf,
  countUnread,
  messagesInRanges,
  selectConversations,
  selectStarred,
  standingsOf,
  unreadConversationsFrom,
} from '../../src/engine/inbox/store.ts';
import { selectHistory } from '../../src/engine/messages/store.ts';
import {
  conversations,
  type FilledDatabase,
  fillDatabase,
  idOf,
  inFirst,
  inOthers,
  mixedMessages,
  type PlanCase,
  sqlId,
  sqlMessageId,
} from '../harness/plans.ts';
import { inboxStatements } from './plan-coverage.ts';

/** Of the conversations of one person; the others are direct ones. */
const groups = 10;
/** Of each conversation. */
const unread = 20;
/** Hidden or starred in the first conversation. */
const marked = 1_000;

const me = idOf(0xa000);
const other = idOf(0xa001);
const conversationId = idOf(1);
const ids = Array.from({ length: conversations }, (_, n) => idOf(n + 1));

/** Each hundredth message was changed since, each tenth of my marks is a star. Others have as many marks as I have. */
const fill = `
  insert into people (id, name, search, role, created_at)
    select ${sqlId('n')}, '', '', 'user', now() from generate_series(${0xa000}, ${0xa000 + 100}) as n;
  insert into conversations
      (id, kind, direct_key, title, created_by, created_at, last_activity_at, last_seq, rev, member_count)
    select ${sqlId('n')}, case when n <= ${groups} then 'group' else 'direct' end, case when n > ${groups} then n::text end,
      case when n <= ${groups} then 'Group' end, '${me}', '2020-01-01Z', '2021-01-01Z'::timestamptz + n * interval '1 s',
      case n when 1 then ${inFirst} else ${inOthers} end, ${inFirst} * 2, case when n <= ${groups} then 100 else 2 end
    from generate_series(1, ${conversations}) as n;
  insert into members (conversation_id, person_id, joined_at, read_seq, delivered_seq, marks)
    select c.id, ${sqlId('m')}, now(), c.last_seq - ${unread}, c.last_seq, case when c.id = '${conversationId}' then ${marked} else 0 end
    from conversations c cross join lateral generate_series(${0xa000}, ${0xa000 - 1} + c.member_count) as m;
  insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at, changed)
    select ${sqlId('c')}, seq, ${sqlMessageId('n')}, '${other}', seq, 'text',
      'The quick brown fox jumps over the lazy dog', '2020-06-01Z', seq % 100 = 0
    from ${mixedMessages} as mixed;
  insert into message_marks (person_id, conversation_id, seq, hidden, starred_at, version)
    select ${sqlId('p')}, '${conversationId}', ${inFirst} - 500 * n, n % 10 <> 0,
      case when n % 10 = 0 then '2021-01-01Z'::timestamptz + n * interval '1 s' end, n
    from generate_series(${0xa000}, ${0xa000 + 99}) as p cross join lateral generate_series(0, ${marked - 1}) as n`;

describe('with a million messages', () => {
  let filled: FilledDatabase;
  beforeAll(async () => {
    filled = await fillDatabase(fill);
  });
  afterAll(() => filled.close());

  const now = new Date('2022-01-01Z');
  const viewing = { conversationId, personId: me, historyFrom: 0 };
  const ranges = ids.slice(0, 50).map((id, n) => {
    const last = n === 0 ? inFirst : inOthers;
    return { conversationId: id, after: last - 20, upTo: last };
  });
  const known = ids.slice(0, 50).map((id, n) => {
    const last = n === 0 ? inFirst : inOthers;
    return { conversationId: id, seq: last, rev: last - 1_000, mine: marked - 10, historyFrom: 0 };
  });
  const all = { archived: null, kind: null, found: null };
  const everything = { archived: null, kind: null };
  /**
   * Pages for one conversation in a list: itself, me in it, its people (up to 100 in a group), what is unread, the last
   * message, and the marks on these.
   */
  const perDirect = 4 + 2 * 8 + (unread + 1) * 8;
  const perGroup = 4 + 100 * 8 + (unread + 1) * 8;
  const list = (conversations - groups) * perDirect + groups * perGroup;

  const cases: PlanCase[] = [
    ['where all conversations stand', (reader) => standingsOf(reader, me), conversations, list],
    ['a page of the list', (reader) => selectConversations(reader, me, now, all, null, 50), 50, 50 * perGroup],
    ['the whole list', (reader) => selectConversations(reader, me, now, all, null, 200), conversations, list],
    [
      'a later page of the list',
      (reader) =>
        selectConversations(
          reader,
          me,
          now,
          all,
          { asOf: now, at: new Date('2021-01-01T00:02:00Z'), id: idOf(120) },
          50,
        ),
      50,
      50 * perGroup,
    ],
    [
      'the archive',
      (reader) => selectConversations(reader, me, now, { archived: true, kind: null, found: null }, null, 50),
      0,
      conversations * 8,
    ],
    ['one conversation', (reader) => conversationsOf(reader, me, now, [conversationId]), 1, perGroup],
    ['fifty conversations', (reader) => conversationsOf(reader, me, now, ids.slice(0, 50)), 50, list],
    ['fifty for doors', (reader) => shownConversationsOf(reader, me, now, ids.slice(0, 50)), 50, list + 50 * 16],
    [
      'the whole list for doors',
      (reader) => selectShownConversations(reader, me, now, everything, { offset: 0, limit: 5_000 }),
      conversations,
      list + conversations * 24,
    ],
    [
      'a later page for doors',
      (reader) => selectShownConversations(reader, me, now, everything, { offset: 50, limit: 50 }),
      50,
      50 * perGroup + conversations * 24,
    ],
    ['the badge', (reader) => countUnread(reader, me, now), 1, conversations * (8 + unread * 5)],
    [
      'what is unread of one person',
      (reader) => unreadConversationsFrom(reader, me, other),
      conversations,
      conversations * (8 + unread),
    ],
    ['the messages that a client lacks', (reader) => messagesInRanges(reader, me, ranges, 2 ** 18), 1_000, 1_000 * 10],
    // Ten changed for all in each; ten of mine in the first.
    [
      'the messages that have changed',
      (reader) => changedMessages(reader, me, known, 200, 2 ** 30),
      509,
      50 * 20 + 509 * 10,
    ],
    ['the latest messages', (reader) => selectHistory(reader, viewing, { latest: true }, 50), 50, 50 * 8],
    ['messages far back', (reader) => selectHistory(reader, viewing, { before: 1_000 }, 50), 50, 50 * 8],
    ['messages from a place on', (reader) => selectHistory(reader, viewing, { after: 250_000 }, 50), 50, 50 * 8],
    ['messages around a place', (reader) => selectHistory(reader, viewing, { around: 250_000 }, 50), 50, 50 * 8],
    ['the starred messages', (reader) => selectStarred(reader, me, now, null, null, 50), 50, 50 * 25],
    ['the starred messages of one', (reader) => selectStarred(reader, me, now, conversationId, null, 50), 50, 50 * 25],
    [
      'a later page of the starred messages',
      (reader) =>
        selectStarred(
          reader,
          me,
          now,
          null,
          { starredAt: new Date('2021-01-01T00:08:20Z'), conversationId, seq: inFirst - 500 * 500 },
          50,
        ),
      50,
      50 * 25,
    ],
  ];

  describe.each([['before'], ['after']])('%s the planner has statistics', (when) => {
    beforeAll(async () => {
      if (when === 'after') await filled.query('vacuum analyze');
    });

    test.each(cases)('%s: only look-ups', (_what, work, rows, most) => filled.expectLookUps(work, rows, most));
  });

  test('each statement has run', () => {
    expect([...filled.ran]).toEqual(expect.arrayContaining([...inboxStatements]));
  });
});
