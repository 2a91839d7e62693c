import { describe, expect, it } from 'vitest';
import type { ChatMessage, Message } from '../../../sdk/src/index.ts';
import { savedName } from '../../../sdk/src/terminal/file-commands.ts';
import { sizeWords } from '../../../sdk/src/terminal/message-words.ts';
import { timeOf } from '../../../sdk/src/terminal/plain-text.ts';
import { lineOf } from './shown.ts';

const now = '2026-03-01T10:00:00.000Z';

const quoted: Message = {
  id: 'quoted',
  conversationId: 'conversation',
  seq: 1,
  rev: 1,
  senderId: 'bob',
  clientId: null,
  kind: 'text',
  text: 'Where do we meet? I have to be back before it gets dark',
  createdAt: now,
};
const replyTo = { messageId: 'quoted', seq: 1, senderId: 'bob', message: quoted };
const heart = (...people: string[]) => people.map((personId) => ({ personId, emoji: '❤️', at: now }));

describe('the line of a message', () => {
  const cases: [string, Partial<ChatMessage>, string][] = [
    ['has its number and who said it', {}, '  7 Ann: Hello'],
    ['has the ticks of an own one', { senderId: 'me', status: 'delivered' }, '  7 you: Hello  ✓✓'],
    ['says that it waits', { senderId: 'me', id: null, status: 'pending' }, '  7 you: Hello  …'],
    [
      'names a picture',
      {
        kind: 'image',
        text: 'At the sea',
        content: { media: [{ mediaId: 'a', fileName: 'sun.jpg', size: 2_345_678 }] },
      },
      '  7 Ann: [image] sun.jpg, 2.3 MB – At the sea',
    ],
    [
      'names several files',
      {
        kind: 'document',
        text: '',
        content: {
          media: [
            { url: '/a', fileName: 'a.pdf' },
            { url: '/b', fileName: 'b.pdf' },
          ],
        },
      },
      '  7 Ann: [document] a.pdf; b.pdf',
    ],
    [
      'says how long a sound is',
      { kind: 'audio', text: '', content: { media: [{ url: '/a', durationSeconds: 71.6 }] } },
      '  7 Ann: [audio] 1:12',
    ],
    [
      'does without a name of the file',
      { kind: 'sticker', text: '', content: { media: [{ url: '/a' }] } },
      '  7 Ann: [sticker]',
    ],
    [
      'names a place',
      { kind: 'location', text: '', content: { latitude: 52.5, longitude: 13.4, name: 'Café' } },
      '  7 Ann: [location Café]',
    ],
    [
      'says where a place without a name is',
      { kind: 'location', text: '', content: { latitude: 52.5, longitude: 13.4 } },
      '  7 Ann: [location 52.5, 13.4]',
    ],
    [
      'has the number of a contact',
      { kind: 'contact', text: '', content: { name: 'Bob', phones: ['+15550100042'] } },
      '  7 Ann: [contact Bob +15550100042]',
    ],
    [
      'has title and address of a link',
      { kind: 'link', text: 'Read this', content: { url: 'https://example.org/a', title: 'Title' } },
      '  7 Ann: [link Title] https://example.org/a Read this',
    ],
    ['says that it was deleted', { text: '', deletedAt: now, editedAt: now }, '  7 Ann: [deleted]'],
    ['has no ticks where it was deleted', { senderId: 'me', text: '', deletedAt: now }, '  7 you: [deleted]'],
    [
      'has its marks',
      { forwardCount: 1, editedAt: now, pinnedAt: now, starred: true },
      '  7 Ann: Hello (forwarded, edited, pinned, starred)',
    ],
    ['quotes what it answers', { replyTo }, '  7 Ann (to Bob “Where do we meet? I have to b…”): Hello'],
    [
      'says what became of what it answers',
      { replyTo: { ...replyTo, message: { ...quoted, text: '', deletedAt: now } } },
      '  7 Ann (to Bob “[deleted]”): Hello',
    ],
    [
      'does without what it answers',
      { replyTo: { messageId: 'quoted', seq: null, senderId: null, message: null } },
      '  7 Ann (to a message): Hello',
    ],
    [
      'has reactions with who gave them',
      { reactions: [...heart('me', 'bob'), { personId: 'cem', emoji: '👍', at: now }] },
      '  7 Ann: Hello [❤️ you, Bob] [👍 Cem]',
    ],
    ['counts many reactions', { reactions: heart('me', 'bob', 'cem', 'dora') }, '  7 Ann: Hello [❤️ 4]'],
    [
      'survives a kind of a newer server',
      { kind: 'poll' as 'text', text: 'Sea or hills?', content: {} as never },
      '  7 Ann: [poll] Sea or hills?',
    ],
  ];
  it.each(cases)('%s', (_, change, line) => expect(lineOf(change)).toBe(line));

  it('has the time, with the date where it is not of today', () => {
    const at = new Date(2026, 2, 1, 10, 5);
    const clock = timeOf(at.toISOString(), new Date(2026, 2, 1, 23, 59));
    expect(clock).toMatch(/10.05/);
    expect(timeOf(at.toISOString(), new Date(2026, 2, 2, 0, 1))).toBe(`${at.toLocaleDateString()} ${clock}`);
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [9_960, '10 kB'],
  [999_600, '1 MB'],
  [2_345_678, '2.3 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words));

it.each([
  ['Urlaub.jpg', 'Urlaub.jpg'],
  ['../../.ssh/authorized_keys', 'authorized_keys'],
  ['C:\\Windows\\a.dll', 'a.dll'],
  ['.bashrc', 'bashrc'],
  ['..', 'file'],
  ['a:b\u202egpj.exe\u0000', 'a_bgpj.exe'],
  [undefined, 'file'],
])('a file called %j is saved as %s', (given, name) => expect(savedName(given)).toBe(name));

describe('what others write', () => {
  const cases: [string, Partial<ChatMessage>, string][] = [
    ['cannot steer the terminal', { text: '\u001b[2J\u001b]0;title\u0007red\u0008\u009b31m' }, '  7 Ann: red'],
    ['cannot turn the line around', { text: 'a\u202eb\u2066c' }, '  7 Ann: abc'],
    [
      'cannot look like a message of somebody else',
      { text: 'Hello\r\n  8 Bob: I agree' },
      '  7 Ann: Hello\n        8 Bob: I agree',
    ],
    [
      'keeps names of files on the line',
      { kind: 'image', text: '', content: { media: [{ url: '/a', fileName: 'a\n\u001b[31mb' }] } },
      '  7 Ann: [image] a b',
    ],
    [
      'keeps titles on the line',
      { kind: 'system', text: '', content: { event: 'title.changed', value: 'Walk\nBob left' } },
      '  7 Ann named the group “Walk Bob left”',
    ],
  ];
  it.each(cases)('%s', (_, change, line) => expect(lineOf(change)).toBe(line));
});

describe('a message of the system', () => {
  const cases: [Extract<ChatMessage['content'], { event: string }>, string][] = [
    [{ event: 'group.created', value: 'Walk' }, 'Ann made the group “Walk”'],
    [{ event: 'members.added', personIds: ['bob'], value: 1 }, 'Ann added Bob'],
    [{ event: 'members.added', personIds: ['bob', 'me'], value: 2 }, 'Ann added Bob and you'],
    [{ event: 'members.added', personIds: ['bob', 'cem'], value: 30 }, 'Ann added Bob, Cem and 28 more'],
    [{ event: 'member.joined', personIds: ['ann'] }, 'Ann joined by the invite link'],
    [{ event: 'member.left', personIds: ['ann'] }, 'Ann left'],
    [{ event: 'member.removed', personIds: ['bob'] }, 'Ann removed Bob'],
    [{ event: 'owner.changed', personIds: ['bob'] }, 'The group belongs to Bob now'],
    [{ event: 'title.changed', value: 'Sea' }, 'Ann named the group “Sea”'],
    [{ event: 'description.changed', value: '' }, 'Ann removed the description'],
    [{ event: 'photo.changed', value: '/sea.jpg' }, 'Ann changed the photo'],
    [{ event: 'photo.changed', value: null }, 'Ann removed the photo'],
    [{ event: 'settings.changed' }, 'Ann changed what members may do'],
    [{ event: 'disappearing.changed', value: 86_400 }, 'Ann lets new messages vanish after a day'],
    [{ event: 'disappearing.changed', value: 5_400 }, 'Ann lets new messages vanish after 1.5 hours'],
    [{ event: 'disappearing.changed', value: null }, 'Ann lets new messages stay'],
    [{ event: 'poll.closed', personIds: ['bob'], value: 3 }, 'Ann: poll.closed Bob 3'],
  ];
  it.each(cases)('%j', (content, words) => {
    expect(lineOf({ kind: 'system', text: '', content })).toBe(`  7 ${words}`);
  });

  it('begins with You, and has no ticks, where I did it', () => {
    const content = { event: 'members.added', personIds: ['bob'], value: 1 };
    expect(lineOf({ kind: 'system', text: '', senderId: 'me', content })).toBe('  7 You added Bob');
  });
});
