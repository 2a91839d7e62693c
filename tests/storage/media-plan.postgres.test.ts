import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as access from '../../src/engine/media/access-store.ts';
import * as collection from '../../src/engine/media/collection-store.ts';
import * as quota from '../../src/engine/media/quota-store.ts';
import * as media from '../../src/engine/media/store.ts';
import { type FilledDatabase, fillDatabase, idOf, type PlanCase, sqlId } from '../harness/plans.ts';
import { mediaStatements } from './plan-coverage.ts';

const files = 100_000;
/** Brought by me; the others by others. */
const mine = 500;
const uses = 100_000;
/** A node is late with so many. */
const late = 50;
/** To be looked at now; all others later. */
const due = 200;
const people = 1_000;
const reports = 20_000;

const person = (n: number): string => idOf(0xa000 + n);
const me = person(0);
const file = (n: number): string => idOf(0x100_0000 + n);
const admin = person(people);
/** All about one file. */
const report = (n: number): string => idOf(0x900_0000 + n);
const range = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => file(from + n));
const conversation = idOf(1);
const now = new Date('2022-01-01Z');
const later = new Date('2022-01-02Z');
const hash = 'sha256(n::text::bytea)';
const sqlFile = (n: string): string => sqlId(`${0x100_0000} + ${n}`);
const sqlPerson = (n: string): string => sqlId(`${0xa000} + ${n}`);

/** One file is shown in as many places as all others together. Every message of the conversation shows a file. */
const fill = `
  insert into people (id, name, search, role, created_at)
    select ${sqlPerson('n')}, '', '', 'user', now() from generate_series(0, ${people - 1}) as n;
  insert into people (id, name, search, role, created_at) values ('${admin}', '', '', 'admin', now());
  insert into reports (id, reporter_id, person_id, conversation_id, message_id, reason, snapshot, created_at, updated_at, status)
    select ${sqlId(`${0x900_0000} + n`)}, '${me}', '${person(1)}', '${conversation}', ${sqlId(`${0x800_0000} + n`)}, 'spam',
      '{}', now(), now(), 'open'
    from generate_series(1, ${reports}) as n;
  insert into conversations (id, kind, title, created_by, created_at, last_activity_at, last_seq, rev, member_count)
    values ('${conversation}', 'group', 'Group', '${me}', '2020-01-01Z', '2021-01-01Z', ${uses}, ${uses}, ${people});
  insert into members (conversation_id, person_id, joined_at)
    select '${conversation}', ${sqlPerson('n')}, now() from generate_series(0, ${people - 1}) as n;
  insert into messages (conversation_id, seq, id, sender_id, rev, kind, text, created_at)
    select '${conversation}', n, ${sqlId(`${0x800_0000} + n`)}, '${me}', n, 'text', 'Hello', '2020-06-01Z'
    from generate_series(1, ${uses}) as n;
  insert into blobs (hash, key, size) select ${hash}, 'blob-' || n, n from generate_series(0, ${files - 1}) as n;
  insert into loose_blobs (key, remove_after)
    select 'loose-' || n, case when n < 100 then '2021-01-01Z'::timestamptz else '2030-01-01Z' end
    from generate_series(0, ${files - 1}) as n;
  insert into media (id, uploader_id, purpose, status, file_name, mime_type, size, facts, photo_key, created_at, keep_until,
      claimed_until, released)
    select ${sqlFile('n')}, case when n < ${mine} then '${me}' else ${sqlPerson(`1 + n % ${people - 1}`)} end, 'message',
      case when n >= ${files - late} then 'processing' else 'ready' end, 'a.txt', 'text/plain', n, '{}', 'photo-' || n,
      '2020-01-01Z', '2020-01-02Z', case when n >= ${files - late} then '2021-01-01Z'::timestamptz end, false
    from generate_series(0, ${files - 1}) as n;
  insert into renditions (media_id, name, hash, mime_type)
    select ${sqlFile('n')}, 'original', ${hash}, 'text/plain' from generate_series(0, ${files - 1}) as n;
  insert into media_uses (media_id, holder_id, seq)
    select ${sqlFile(`${mine} + n % 1000`)}, '${conversation}', n from generate_series(1, ${uses}) as n
    union all select '${file(7)}', ${sqlId(`${0x900_0000} + n`)}, 0 from generate_series(1, ${uses}) as n;
  insert into media_checks (media_id, due)
    select ${sqlFile('n')}, case when n < ${due} then '2021-01-01Z'::timestamptz else '2030-01-01Z' end
    from generate_series(0, ${files - 1}) as n`;

/** Pages of one look-up in an index, with the row. */
const lookUp = 6;
const rendition = 'original';

const cases: readonly PlanCase[] = [
  ['some by their ids', (unit) => media.findMedia(unit, range(50)), 50, 50 * 2 * lookUp],
  ['one to look into', (unit) => media.claimMedia(unit, file(files - 1), now, later, later), 1, 8 * lookUp],
  ['those that a node is late with', (unit) => media.selectAbandoned(unit, now, 20), 20, 20 * lookUp],
  [
    'one that a member sees',
    (unit) => access.locateMedia(unit, { id: file(mine), rendition, personId: me, conversationId: conversation }, now),
    1,
    20 * lookUp,
  ],
  [
    'one that is shown everywhere, and not here',
    (unit) => access.locateMedia(unit, { id: file(7), rendition, personId: me, conversationId: conversation }, now),
    0,
    10 * lookUp,
  ],
  [
    "one of one's own",
    (unit) => access.locateMedia(unit, { id: file(1), rendition, personId: me, conversationId: null }, now),
    1,
    10 * lookUp,
  ],
  ['a photo', (unit) => access.locatePhoto(unit, 'photo-7', rendition), 1, 6 * lookUp],
  ['one that is named', (unit) => access.locateNamed(unit, file(7), rendition, now), 1, 8 * lookUp],
  [
    'one that is reported',
    (unit) => access.locateReported(unit, { id: file(7), rendition, personId: admin, reportId: report(7) }, now),
    1,
    12 * lookUp,
  ],
  ['those that a report keeps', (unit) => access.selectKeptFor(unit, report(7), range(10)), 1, 12 * lookUp],
  ['how much is kept for a person', (unit) => quota.lockKeptBytes(unit, me, file(1)), 2, mine * 3],
  ['those that a message is to show', (unit) => media.leaseMedia(unit, range(10), later), 10, 10 * 10 * lookUp],
  ['all of a person, to give them up', (unit) => media.releaseMediaOf(unit, me, later), 0, mine * 8 * lookUp],
  ['a page of a person', (unit) => media.selectMediaOf(unit, me, undefined, 100), 100, 100 * 2 * lookUp],
  ['those to look at', (unit) => collection.takeChecks(unit, now, 100), 100, 100 * 2 * lookUp],
  ['those that are looked at', (unit) => collection.lockMediaRows(unit, range(100)), 100, 100 * 2 * lookUp],
  ['which are shown', (unit) => collection.findUsed(unit, range(100, mine)), 100, 100 * 2 * lookUp],
  ['blobs to remove', (unit) => collection.selectLoose(unit, now, 100), 100, 100 * lookUp],
  ['files that go with their blobs', (unit) => collection.deleteMedia(unit, range(50, 10)), 150, 50 * 20 * lookUp],
];

describe('with a hundred thousand files', () => {
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

  test('none is forgotten', () => {
    expect([...filled.ran]).toEqual(expect.arrayContaining([...mediaStatements]));
  });
});
