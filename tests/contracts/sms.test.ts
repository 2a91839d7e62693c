import { expect, test } from 'vitest';
import { createConsoleSms } from '../../src/adapters/sms/console.ts';
import { createNoSms } from '../../src/adapters/sms/none.ts';

test('the console prints one line a code, exactly as clients of development servers read it', async () => {
  const lines: string[] = [];
  const sms = createConsoleSms((line) => lines.push(line));
  await sms.send('+15550100042', { kind: 'one-time-code', code: '012345' });
  await sms.send('+498941234567', { kind: 'one-time-code', code: '999999' });
  expect(lines).toEqual(['OTP for +15550100042: 012345', 'OTP for +498941234567: 999999']);
});

test('without a provider, sending is refused with a sentence that says what to set', async () => {
  const sms = createNoSms();
  await expect(sms.send('+15550100042', { kind: 'one-time-code', code: '012345' })).rejects.toThrow('PARLEY_SMS');
});
