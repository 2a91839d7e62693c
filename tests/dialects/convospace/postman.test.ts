import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConvospaceClient } from '../../harness/convospace.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    CONVOSPACE_DEV_OTP: '123456',
    PARLEY_ADMIN_EMAIL: 'admin@example.org',
    PARLEY_ADMIN_PASSWORD: 'a long password',
  });
});
afterAll(() => app.close());

test('all 15 requests of the collection succeed on a fresh installation, where everything is called 1 or 2', async () => {
  const me = new ConvospaceClient(app);
  const other = new ConvospaceClient(app);
  await me.signIn('+1234567890', { full_name: 'John Doe', username: 'johndoe' });
  await other.signIn('5550104478', { full_name: 'Jane Roe', username: 'janeroe' });
  expect([me.id, other.id]).toEqual([1, 2]);
  expect((await other.talkTo(me)).id).toBe(1);
  expect((await other.say(1, me, 'Hi')).id).toBe(1);

  const send = await me.post('/auth/send-otp', { phone_number: '+1234567890', otp_type: 'login' });
  const verify = await me.post('/auth/verify-otp', {
    phone_number: '+1234567890',
    otp_code: '123456',
    full_name: 'John Doe',
    username: 'johndoe',
  });
  me.token = verify.body.data.token;
  const answers = [
    send,
    verify,
    await me.get('/user/profile'),
    await me.put('/user/profile', { full_name: 'John Smith', username: 'johnsmith' }),
    await me.put('/user/status', { is_online: true }),
    await me.post('/conversations', { participant_id: 2 }),
    await me.get('/conversations'),
    await me.post('/messages/send', {
      conversation_id: 1,
      receiver_id: 2,
      message_text: 'Hello!',
      message_type: 'text',
    }),
    await me.get('/messages/1?limit=50&offset=0'),
    await me.put('/messages/1/status', { status: 'read' }),
    await me.post('/contacts', { contact_user_id: 2, contact_name: 'Jane Doe' }),
    await me.get('/contacts'),
    await me.get('/notifications'),
    await me.put('/notifications/1/read'),
    await me.post('/auth/logout'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    200, 200, 200, 200, 200, 200, 200, 201, 200, 200, 201, 200, 200, 200, 200,
  ]);
  expect(answers.every(({ body }) => body.success === true)).toBe(true);
  expect(answers[3]?.body.data).toMatchObject({ id: 1, full_name: 'John Smith', username: 'johnsmith' });
  expect(answers[8]?.body.data.map((message: { message_text: string }) => message.message_text)).toEqual([
    'Hello!',
    'Hi',
  ]);
  expect(answers[12]?.body.data).toMatchObject({
    unread_count: 0,
    notifications: [{ id: 1, title: 'Jane Roe', message: 'Hi', related_entity_id: 1, is_read: true }],
  });
});
