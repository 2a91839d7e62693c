import { conversations, idOf, inFirst, inOthers, messageIdOf, mixedMessages, sqlId, sqlMessageId } from './plans.ts';

/**
 * An installation with a million messages, a million contacts and a hundred thousand people, as SQL that fills it. Everybody
 * has as much as a test looks at, so that what is read of one is a small part of what there is.
 */

/** People are numbered from 0 on; the first is `me`. */
const firstPerson = 0x100_0000;
export const people = 100_000;
export const person = (n: number): string => idOf(firstPerson + n);
const sqlPerson = (n: string): string => sqlId(`${firstPerson} + (${n})`);
export const me = person(0);
export const persons = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => person(from + n));

/** Of 200: ten groups of 100 people, in which the first is; then direct ones. */
export const groups = 10;
export const first = idOf(1);
/** One more group. */
export const big = idOf(201);
export const bigSize = 10_000;
/** Direct ones of others. */
const firstOther = 0x10_0000;
const others = 50_000;
/** Each of the first 500 people has so many contacts: those who follow them. */
export const contactsEach = 2_000;
const owners = 500;
/** The first message of the first conversation. */
export const message = messageIdOf(0);

/** In the address books of many, and of nobody's account. */
export const waitingPhone = '+1999999';

const some = 100_000;
/** Of me; others share {@link some}. */
export const mine = 1_000;
/** Whose a row is: mine are the first. */
const ofWhom = (n: string): string => sqlPerson(`case when ${n} < ${mine} then 0 else 1 + ${n} % (${people} - 1) end`);
const start = "'2020-01-01Z'::timestamptz";

const storeOthers = `
  insert into people (id, name, username, search, role, created_at, about, photo_url, privacy_about, privacy_photo,
      privacy_last_seen, privacy_phone, privacy_groups, blocks_anyone, last_seen_at, read_receipts)
    select ${sqlPerson('n')}, 'Person ' || n, 'p' || n, ' person' || n || case when n % 100 = 0 then ' anna' else '' end || ' p' || n,
      case when n = 7 then 'admin' else 'user' end, ${start}, 'About', 'https://photos.example.com/1',
      'contacts', 'contacts', 'contacts', case when n < 500 then 'contacts' else 'everyone' end, 'contacts', true, ${start}, true
    from generate_series(0, ${people - 1}) as n;
  insert into identities (kind, value, person_id, verified_at, created_at)
    select 'phone', '+1' || n, ${sqlPerson('n')}, ${start}, ${start} from generate_series(0, ${people - 1}) as n;
  insert into contacts (id, owner_id, person_id, phone, name, search, created_at)
    select ${sqlId(`owner * ${contactsEach} + n`)}, ${sqlPerson('owner')}, ${sqlPerson('owner + n + 1')}, '+1' || (owner + n + 1),
      case when n % 2 = 0 then 'Friend ' || n end, case when n % 2 = 0 then ' friend' || n else '+1' || n end, ${start}
    from generate_series(0, ${owners - 1}) as owner cross join generate_series(0, ${contactsEach - 1}) as n;
  insert into contacts (id, owner_id, phone, name, search, created_at)
    select ${sqlId(`${owners * contactsEach} + owner`)}, ${sqlPerson('owner')}, '${waitingPhone}', 'Waits', ' waits', ${start}
    from generate_series(1, ${owners - 1}) as owner;
  insert into blocks (person_id, blocked_id, created_at)
    select ${ofWhom('n')}, ${sqlPerson(`(50000 + n) % ${people}`)}, ${start} + n * interval '1 s'
    from generate_series(0, ${some - 1}) as n where not (n >= ${mine} and 1 + n % (${people} - 1) = (50000 + n) % ${people});

  insert into conversations
      (id, kind, direct_key, title, created_by, created_at, last_activity_at, last_seq, rev, member_count)
    select ${sqlId('n')}, case when n <= ${groups} then 'group' else 'direct' end,
      case when n > ${groups} then '${me}:' || ${sqlPerson('n')} end,
      case when n <= ${groups} then 'Group' end, '${me}', ${start}, ${start} + n * interval '1 s',
      case n when 1 then ${inFirst} else ${inOthers} + 1 end, ${inFirst} * 2, case when n <= ${groups} then 100 else 2 end
    from generate_series(1, ${conversations}) as n;
  insert into conversations (id, kind, title, created_by, created_at, last_activity_at, last_seq, rev, member_count)
    values ('${big}', 'group', 'Everybody', '${me}', ${start}, ${start}, 100, 100000, ${bigSize});
  insert into conversations (id, kind, direct_key, created_by, created_at, last_activity_at)
    select ${sqlId(`${firstOther} + n`)}, 'direct', ${sqlPerson('2 * n')} || ':' || ${sqlPerson('2 * n + 1')}, ${sqlPerson('2 * n')}, ${start}, ${start}
    from generate_series(1, ${others - 1}) as n;
  insert into members (conversation_id, person_id, joined_at, read_seq, delivered_seq, shown_read_seq)
    select c.id, ${sqlPerson('p')}, ${start}, c.last_seq - 20, c.last_seq, c.last_seq - 20
    from generate_series(1, ${conversations}) as n
    cross join lateral (select * from conversations where id = ${sqlId('n')}) c
    cross join lateral (
      select p from generate_series(0, 99) as p where n <= ${groups} union all select p from (values (0), (n)) as two (p) where n > ${groups}
    ) m;
  insert into members (conversation_id, person_id, joined_at, read_seq, delivered_seq, shown_read_seq, role)
    select '${big}', ${sqlPerson('p')}, ${start} + p * interval '1 s', 0, 100, 0,
      case when p = 1 then 'owner' when p between 2 and 50 then 'admin' else 'member' end
    from generate_series(0, ${bigSize - 1}) as p;
  insert into members (conversation_id, person_id, joined_at)
    select ${sqlId(`${firstOther} + n / 2`)}, ${sqlPerson('n')}, ${start} from generate_series(2, 2 * ${others} - 1) as n;
  insert into join_requests (conversation_id, person_id, code, requested_at)
    select case when n < ${mine} then '${big}' else ${sqlId('1 + n % 10')} end, ${sqlPerson('n')}, n::text, ${start} + n * interval '1 s'
    from generate_series(0, 50000) as n;
  insert into reactions (conversation_id, seq, person_id, emoji, reacted_at)
    select '${first}', 500 * n, ${sqlPerson('p')}, '+', ${start} from generate_series(1, 1000) as n, generate_series(0, 4) as p;
  insert into message_edits (conversation_id, seq, rev, text, replaced_at)
    select '${first}', case when n < 100 then 1 else n / 100 * 10 end, n, 'Before', ${start} from generate_series(0, ${some - 1}) as n;
  insert into message_marks (person_id, conversation_id, seq, hidden, starred_at, version)
    select ${sqlPerson('p')}, '${first}', 500 * n, n % 10 <> 0, case when n % 10 = 0 then ${start} end, n
    from generate_series(0, 99) as p, generate_series(1, 1000) as n;

  insert into scheduled_messages (id, person_id, conversation_id, message, send_at, created_at, claimed_until, failed_at, failure)
    select ${sqlId('n')}, ${ofWhom(`n + ${mine} - 100`)}, '${first}', '{"kind":"text","text":"Later"}',
      '2021-01-01Z'::timestamptz + n * interval '1 s', ${start}, null,
      case when n % 2 = 0 then ${start} end, case when n % 2 = 0 then 'not_permitted' end
    from generate_series(0, ${some - 1}) as n;
  insert into reports (id, reporter_id, person_id, reason, created_at, updated_at, status, outcome, resolved_by, resolved_at)
    select ${sqlId('n')}, ${ofWhom('n')}, ${sqlPerson(`case when n % 10 = 0 and n between ${mine} and 6000 then 1 else n end`)}, 'spam', ${start} + n * interval '1 s', ${start},
      case when n % 10 = 0 then 'open' else 'resolved' end, case when n % 10 > 0 then 'warned' end,
      case when n % 10 > 0 then '${me}'::uuid end, case when n % 10 > 0 then ${start} + n * interval '1 s' end
    from generate_series(0, ${some - 1}) as n;
  insert into audit_log (id, at, actor_id, action, target_kind, target_id, details)
    select ${sqlId('n')}, ${start} + n * interval '1 s', ${ofWhom('n')}, case when n % 100 = 0 then 'account.suspended' else 'report.read' end,
      'person', ${ofWhom('n')}, '{}'
    from generate_series(0, ${some - 1}) as n;
  insert into sessions (id, person_id, door, ip, created_at, last_used_at, expires_at, revoked_at)
    select ${sqlId('n')}, ${ofWhom('n')}, 'native', '', ${start}, ${start} + n * interval '1 s', '2030-01-01Z'::timestamptz - n * interval '1 h',
      case when n % 2 = 0 then ${start} end
    from generate_series(0, ${some - 1}) as n;
  insert into refresh_tokens (hash, session_id, issued_at) select n::text, ${sqlId('n')}, ${start} from generate_series(0, ${some - 1}) as n;
  insert into sign_ins (id, person_id, at, method, succeeded, door, ip)
    select ${sqlId('n')}, ${ofWhom('n')}, ${start} + n * interval '1 s', 'code', true, 'native', '' from generate_series(0, ${some - 1}) as n;
  insert into devices (person_id, device_id, session_id, platform, token, registered_at, last_active_at)
    select ${sqlPerson('n % 5000')}, n::text, ${sqlId('n')}, 'web', 't' || n, ${start}, ${start} + n * interval '1 s'
    from generate_series(0, ${some - 1}) as n;
  insert into preferences (person_id, chosen) select ${sqlPerson('n')}, '{}' from generate_series(0, ${people - 1}) as n;
  insert into one_time_codes (phone, code_hash, attempts_left, created_at, expires_at)
    select n::text, '', 1, ${start}, ${start} + n * interval '1 s' from generate_series(0, ${some - 1}) as n;
  insert into departures (person_id, position, not_before)
    select ${sqlPerson('n')}, '${idOf(0)}', ${start} + n * interval '1 s' from generate_series(20000, 70000) as n;
  insert into retention_walk (position, not_before) values ('${idOf(0)}', ${start});
  insert into search_blocks (conversation_id, block, upto, signature)
    select '${first}', n, n * 128 + 127, '' from generate_series(0, 3900) as n`;

const storeMessages = `
  insert into messages (conversation_id, seq, id, sender_id, client_id, rev, kind, text, created_at, changed, reaction_count,
      pinned_at, expires_at, edited_at)
    select ${sqlId('c')}, seq, ${sqlMessageId('n')}, case when seq % 10 = 0 then '${me}'::uuid else '${person(1)}'::uuid end, case when seq % 50 = 0 then n::text end, seq, 'text',
      'The quick brown fox jumps over the lazy dog', ${start} + seq * interval '1 s', seq % 100 = 0,
      case when seq % 500 = 0 then 5 else 0 end, case when seq % 10000 = 0 then ${start} end,
      case when n % 100 = 0 then ${start} + n * interval '1 s' end, case when n = 0 then ${start} end
    from ${mixedMessages} as mixed`;

/** In parts for `fillDatabase`. */
export const million = [storeMessages, storeOthers];
