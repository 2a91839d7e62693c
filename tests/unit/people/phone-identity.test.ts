import { describe, expect, test } from 'vitest';
import { keyPhoneIdentity, loginIdentity, phoneOf, usernameIdentity } from '../../../src/engine/people/index.ts';

const key = (text: string) => keyPhoneIdentity('door', text);

describe('a number as an opaque key', () => {
  test.each(['+15550104477', '+1 (555) 010-4477', '+1–555–010–4477', '+442079460000'])(
    'is the shared identity where it is written in E.164: %s',
    (text) => {
      const identity = key(text);
      expect(identity).toMatchObject({ kind: 'phone', value: text.replace(/[^+\d]/g, '') });
      expect(phoneOf(identity)).toBe(identity.value);
    },
  );

  test.each([
    ['+1234567890', '+1234567890'],
    ['5550104477', '5550104477'],
    ['15550104477', '15550104477'],
    ['555 010-44 77', '5550104477'],
    ['(555)[010]{4477}', '5550104477'],
    ['0015550104477', '0015550104477'],
    // A zero that a plan leaves out makes it another number.
    ['+4402079460000', '+4402079460000'],
    ['+15550104477x1', '+15550104477x1'],
    ['7', '7'],
    ['a:b', 'a:b'],
    ['12345678901234567890', '12345678901234567890'],
  ])('is one of the door alone where it is not: %s', (text, number) => {
    const identity = key(text);
    expect(identity).toEqual({ kind: 'door_phone', value: `door:${number}`, callingCode: null });
    expect(phoneOf(identity)).toBe(number);
  });

  test.each(['', ' ', '()- ', '123456789012345678901', '555\u0000', '555\u001b[2J', '555\u200b1'])(
    'is refused where nothing is left, or too much, or what no log shows: %j',
    (text) => {
      expect(() => key(text)).toThrow(expect.objectContaining({ code: 'invalid_phone' }));
    },
  );

  test('breaks no line of a log', () => {
    expect(phoneOf(key('555\nOTP for 1: 1'))).toBe('555OTPfor1:1');
  });
});

describe('a username', () => {
  test('is as long as its door allows, and signs in everywhere', () => {
    const [short, long] = ['a', 'b'.repeat(50)];
    for (const text of [short, long]) {
      expect(() => usernameIdentity(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
      expect(usernameIdentity(text, { min: 1, max: 50 })).toEqual({ kind: 'username', value: text });
      expect(loginIdentity(text)).toEqual({ kind: 'username', value: text });
    }
    for (const text of ['', 'b'.repeat(51), 'a b', 'ä']) {
      expect(() => usernameIdentity(text, { min: 1, max: 50 })).toThrow();
    }
  });
});
