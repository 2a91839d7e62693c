import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PreparedStatement, plainArray } from '../../src/engine/ports/database.ts';
import { signatureWay } from '../../src/engine/search/signature.ts';
import {
  blockMessages,
  candidateBlocks,
  messagesOfKind,
  searchScope,
  searchScopes,
} from '../../src/engine/search/store.ts';
import {
  conversations,
  type FilledDatabase,
  fillDatabase,
  idOf,
  inFirst,
  inOthers,
  mixedMessages,
  sqlId,
  sqlMessageId,
} from '../harness/plans.ts';
import { searchStatements } from './plan-coverage.ts';

const personId = idOf(0xa000);
const ids = Array.from({ length: conversations }, (_, n) => idOf(n + 1));
const [first] = ids as [string];

/**
 * Conversations whose messages stand between each other's, as time mixes them; each 50th is an image. Of the bits 7, 8 and
 * 9 a signature has two: a search has to look at all three, and finds nothing.
 */
const fill = `
  insert into people (id, name, search, role, created_at) values ('${personId}', '', '', 'user', now());
  insert into conversations (id, kind, direct_key, created_by, created_at, last_activity_at, last_seq, rev)
    select ${sqlId('n')}, 'direct', n::text, '${personId}',
      '2020-01-01Z', '2021-01-01Z', case n when 1 then ${inFirst} else ${inOthers} end, 1
    from generate_series(1, ${conversations}) as n;
  insert into members (conversation_id, person_id, joined_at) select id, '${personId}', now() from conversations;
  insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
    select c.id, seq, ${sqlMessageId('n')}, '${personId}', seq,
      case when seq % 50 = 0 then 'image' else 'text' end, 'The quick brown fox jumps over the lazy dog',
      '2020-01-01Z'::timestamptz + seq::float8 / c.last_seq * interval '1 year'
    from ${mixedMessages} as mixed
    join conversations c on c.direct_key = mixed.c::text;
  insert into search_blocks (conversation_id, block, upto, signature)
    select id, block, block * 128 + 127, decode('8001' || repeat('00', 4094) || '${signatureWay.toString(16).padStart(2, '0')}', 'hex')
    from conversations cross join lateral generate_series(0, last_seq / 128) as block`;

describe('with a million messages', () => {
  let filled: FilledDatabase;
  beforeAll(async () => {
    filled = await fillDatabase(fill);
  });
  afterAll(() => filled.close());

  const each = ids.slice(0, 64);
  const last = plainArray(each.map((_, n) => (n === 0 ? inFirst : inOthers)));
  const nothing = plainArray(each.map(() => 0));
  const time = new Date('2020-06-01Z');
  const now = new Date('2022-01-01Z');

  /** Statement, its values, rows to expect, and the most pages that it may touch, whatever the tables hold. */
  const cases: [string, PreparedStatement, unknown[], number, number][] = [
    ['one conversation', searchScope, [personId, first, null], 1, 20],
    ['one conversation until a time', searchScope, [personId, first, time], 1, 150],
    ['all conversations', searchScopes, [personId, null, null], conversations, conversations * 5],
    ['all conversations until a time', searchScopes, [personId, time, null], conversations, conversations * 80],
    [
      'signatures of one conversation',
      candidateBlocks,
      [plainArray([first]), plainArray([inFirst]), plainArray([0]), plainArray([7, 8, 9]), 512, 8],
      1,
      512 * 5,
    ],
    [
      'signatures of many',
      candidateBlocks,
      [plainArray(each), last, nothing, plainArray([7, 8, 9]), 16, 1],
      each.length,
      64 * (16 * 5 + 10),
    ],
    [
      'blocks of one conversation',
      blockMessages,
      [
        personId,
        now,
        plainArray([first, first]),
        plainArray([128_000, 128_128]),
        plainArray([128_127, 128_255]),
        1000000,
      ],
      256,
      256 + 40,
    ],
    [
      'images of one conversation',
      messagesOfKind,
      [personId, now, plainArray([first]), plainArray([inFirst]), plainArray([0]), 'image', 128],
      128,
      128 + 20,
    ],
    ['images of many', messagesOfKind, [personId, now, plainArray(each), last, nothing, 'image', 16], 1_024, 64 * 30],
    ['what is not there', messagesOfKind, [personId, now, plainArray(each), last, nothing, 'video', 16], 0, 64 * 15],
  ];

  describe.each([['before'], ['after']])('%s the planner has statistics', (when) => {
    beforeAll(async () => {
      if (when === 'after') await filled.query('vacuum analyze');
    });

    test.each(cases)('%s: only look-ups', (_what, statement, values, rows, most) =>
      filled.expectLookUps((unit) => unit.prepared(statement, values), rows, most),
    );
  });

  test('each statement has run', () => {
    expect([...filled.ran]).toEqual(expect.arrayContaining([...searchStatements]));
  });
});
