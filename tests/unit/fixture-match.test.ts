import { describe, expect, it } from 'vitest';
import { differences, fill, valueAt } from '../harness/fixture-match.ts';

const values = (name: string) => ({ chat: 'c9', count: 2 })[name];
const shapes = { User: { id: '<id>', name: '<string>' }, Self: { $is: 'User', 'phone?': '<string>' } };
const wrong = (actual: unknown, expected: unknown) => differences(actual, expected, { values, shapes }, 'body');
const user = { id: '0123456789', name: 'Ivo' };

describe('an expectation of a fixture', () => {
  it.each([
    [user, '<User>'],
    [{ ...user, phone: '1' }, '<Self>'],
    [
      { ...user, name: null },
      { $is: 'User', name: null },
    ],
    [null, '<User?>'],
    ['2025-03-04T10:20:30.456Z', '<date>'],
    ['https://c.example/a', '<url>'],
    [999_999_999_999, '<serial>'],
    [
      ['c9', 2],
      ['{{chat}}', '{{count}}'],
    ],
    [
      [1, 2, 3],
      [1, '...'],
    ],
    [[user, user], { $each: '<User>', $least: 2 }],
    ['b', { $any: ['a', 'b'] }],
    [
      { a: 1, b: 2 },
      { a: 1, '...': true },
    ],
  ])('%j is as %j says', (actual, expected) => expect(wrong(actual, expected)).toEqual([]));

  it.each([
    [{ ...user, more: 1 }, '<User>', ['body.more is too many']],
    [{ id: user.id }, '<User>', ['body.name is missing']],
    [{ ...user, phone: 1 }, '<Self>', ['body.phone is 1 and not <string>']],
    [0, '<serial>', ['body is 0 and not <serial>']],
    [1e12, '<serial>', ['body is 1000000000000 and not <serial>']],
    [null, '<User>', ['body is null and no object']],
    ['2025-03-04', '<date>', ['body is "2025-03-04" and not <date>']],
    ['/uploads/a', '<url>', ['body is "/uploads/a" and not <url>']],
    [[1, 2], [1], ['body has 2 items, and not 1']],
    [{}, [], ['body is no list']],
    [[user], { $each: '<User>', $least: 2 }, ['body has 1 items, and not 2']],
    [[1], { $each: '<User>' }, ['body[0] is 1 and no object']],
    ['c', { $any: ['a', 'b'] }, ['body is "c" and not "b"']],
    ['c8', '{{chat}}', ['body is "c8" and not "c9"']],
    [undefined, null, ['body is undefined and not null']],
  ])('%j is not as %j says', (actual, expected, told) => expect(wrong(actual, expected)).toEqual(told));

  it('names only shapes that there are', () => {
    expect(() => wrong(user, '<Nothing>')).toThrow('There is no shape Nothing.');
    expect(() => wrong(user, { $is: 'Nothing' })).toThrow('There is no shape Nothing.');
  });
});

it('fixtures get values by their names, as what they are or within a text', () => {
  expect(fill({ a: '{{count}}', b: ['/chats/{{chat}}/{{count}}'] }, values)).toEqual({ a: 2, b: ['/chats/c9/2'] });
  expect([valueAt({ a: [{ b: 1 }] }, 'a.0.b'), valueAt({ a: null }, 'a.b')]).toEqual([1, undefined]);
});
