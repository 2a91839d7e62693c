import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatappAnswer, ChatappClient } from '../../harness/chatapp.ts';
import { picture } from '../../harness/media.ts';
import { startTestApp, type TestApp } from '../../harness/start-app.ts';
import { clientOf, nobody } from './clients.ts';

const maxFileBytes = 200_000;
let app: TestApp;
let ivo: ChatappClient;
let mira: ChatappClient;
let chatId: string;
let png: Buffer;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_MAX_REQUESTS: '100000', MAX_FILE_SIZE: String(maxFileBytes) });
  [ivo, mira] = [await clientOf(app, 'Ivo'), await clientOf(app, 'Mira')];
  chatId = (await ivo.post('/chats/private', { userId: mira.id })).body.data._id;
  png = await picture();
});

afterAll(() => app.close());

const text = Buffer.from('Nothing but words.');
const refusal = (status: number, message: string) => ({ status, body: { success: false, message } });

/** A WAV file of silence, a second long. */
function silence(): Buffer {
  const samples = Buffer.alloc(8_000, 0x80);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** Sends a form of any parts, in their order. */
async function form(
  client: ChatappClient,
  path: string,
  parts: readonly (readonly [field: string, value: string | Uint8Array, name?: string])[],
): Promise<ChatappAnswer> {
  const body = new FormData();
  for (const [field, value, name = 'file.bin'] of parts) {
    if (typeof value === 'string') body.append(field, value);
    else body.append(field, new Blob([Uint8Array.from(value)], { type: 'application/octet-stream' }), name);
  }
  const response = await fetch(`${app.url}/chatapp/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.token}` },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The path of a file by its address, for who asks with a token. */
const byPath = (url: string): string => `/upload/file/${url.split('/uploads/')[1]}`;

describe('one file', () => {
  it('is told from its bytes, and its address works without headers', async () => {
    const { status, body } = await ivo.upload('/upload/media', { name: 'sun.png', bytes: png });
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        message: 'File uploaded successfully',
        data: {
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/chatapp\/uploads\/messages\/[\w-]{44}\.png$/),
          type: 'image',
          filename: 'sun.png',
          size: png.length,
          mimeType: 'image/png',
          thumbnail: expect.stringContaining('/chatapp/uploads/messages/'),
          duration: null,
          publicId: null,
          uploadedAt: expect.stringMatching(/Z$/),
        },
      },
    ]);
    const response = await fetch(body.data.url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(png);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const part = await fetch(body.data.url, { headers: { range: 'bytes=0-3' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 4]);
    expect((await fetch(body.data.thumbnail)).status).toBe(200);
    expect((await fetch(body.data.url.replace('/messages/', '/others/'))).status).toBe(404);
    expect((await fetch(body.data.url.slice(0, -8))).status).toBe(404);
    expect((await fetch(`${app.url}/chatapp/uploads/messages/`)).status).toBe(404);
  });

  it('is an attachment where it is neither picture, film nor sound', async () => {
    const { body } = await ivo.upload('/upload/media', { name: 'notes.txt', bytes: text }, {}, 'anything');
    expect(body.data).toMatchObject({
      type: 'document',
      mimeType: 'text/plain',
      filename: 'notes.txt',
      thumbnail: null,
    });
    expect(body.data.url).toContain('/uploads/documents/');
    const response = await fetch(body.data.url);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it('is refused where it is of another kind, too large, or not there', async () => {
    const upload = (name: string, bytes: Uint8Array) => ivo.upload('/upload/media', { name, bytes });
    const wrong = refusal(400, 'Invalid file type');
    expect(await upload('page.png', Buffer.from('<html><script>alert(1)</script></html>'))).toMatchObject(wrong);
    expect(await upload('sun.png', Buffer.from([0, 1, 2, 3, 0, 255]))).toMatchObject(wrong);
    expect(await upload('broken.png', png.subarray(0, 40))).toMatchObject(wrong);
    expect(await upload('empty.txt', Buffer.alloc(0))).toMatchObject(wrong);
    const large = refusal(400, 'File size too large');
    expect(await upload('large.txt', Buffer.alloc(maxFileBytes + 1, 'a'))).toMatchObject(large);
    expect(await upload('huge.txt', Buffer.alloc(maxFileBytes + 100_000, 'a'))).toMatchObject(large);
    expect((await upload('just.txt', Buffer.alloc(maxFileBytes, 'a'))).status).toBe(200);
    const none = refusal(400, 'No file uploaded');
    expect(await form(ivo, '/upload/media', [['file', 'text']])).toMatchObject(none);
    expect(await ivo.post('/upload/media', { file: 'x' })).toMatchObject(none);
    expect(await ivo.post('/upload/media')).toMatchObject(none);
    const stranger = await clientOf(app, 'Stranger');
    stranger.token = null;
    expect(await stranger.upload('/upload/media', { name: 'a.txt', bytes: text })).toMatchObject({ status: 401 });
  });

  it('is the first, where there are several', async () => {
    const { body } = await form(ivo, '/upload/media', [
      ['a', png, 'first.png'],
      ['b', text, 'second.txt'],
    ]);
    expect(body.data.filename).toBe('first.png');
  });
});

describe('several files', () => {
  it('come with their chat, wherever that is named', async () => {
    const { status, body } = await form(ivo, '/upload/message-media', [
      ['messageMedia', png, 'a.png'],
      ['messageMedia', text, 'b.txt'],
      ['chatId', chatId],
      ['messageType', 'image'],
    ]);
    expect([status, body.data.chatId]).toEqual([200, chatId]);
    expect(body.data.files).toMatchObject([
      { type: 'image', filename: 'a.png' },
      { type: 'document', filename: 'b.txt' },
    ]);
  });

  it('are refused together', async () => {
    const six = Array.from({ length: 6 }, () => ['messageMedia', text, 'a.txt'] as const);
    expect((await form(ivo, '/upload/message-media', six.slice(1))).body.data.files).toHaveLength(5);
    expect(await form(ivo, '/upload/message-media', six)).toMatchObject(refusal(400, 'Too many files'));
    expect(await form(ivo, '/upload/message-media', [['chatId', chatId]])).toMatchObject(
      refusal(400, 'No files uploaded'),
    );
    const mixed = [
      ['messageMedia', png, 'a.png'],
      ['messageMedia', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'b.svg'],
    ] as const;
    expect(await form(ivo, '/upload/message-media', mixed)).toMatchObject(refusal(400, 'Invalid file type'));
    const stranger = await clientOf(app, 'Stranger');
    for (const id of [chatId, nobody, 'nonsense']) {
      const parts = [
        ['messageMedia', text, 'a.txt'],
        ['chatId', id],
      ] as const;
      expect(await form(stranger, '/upload/message-media', parts)).toMatchObject(refusal(403, 'Access denied'));
    }
  });
});

describe('voice notes', () => {
  it('are sounds, with the length that is told or that the client says', async () => {
    const { status, body } = await form(ivo, '/upload/voice-note', [
      ['voiceNote', silence(), 'note.wav'],
      ['chatId', chatId],
      ['duration', '1'],
    ]);
    expect([status, body.data.chatId]).toEqual([200, chatId]);
    expect(body.data.voiceNote).toMatchObject({ type: 'audio', duration: 1, filename: 'note.wav' });
    expect(body.data.voiceNote.url).toContain('/uploads/voice/');
    expect((await fetch(body.data.voiceNote.url)).status).toBe(200);
    expect(await form(ivo, '/upload/voice-note', [['voiceNote', png, 'a.png']])).toMatchObject(
      refusal(400, 'Invalid file type'),
    );
    expect(await form(ivo, '/upload/voice-note', [['duration', '1']])).toMatchObject(refusal(400, 'No file uploaded'));
  });
});

describe('files by their names', () => {
  it('are given to who has the name, and taken back by who brought them', async () => {
    const { url } = (await ivo.upload('/upload/media', { name: 'a.txt', bytes: text })).body.data;
    const read = (client: ChatappClient, path: string) =>
      fetch(`${app.url}/chatapp/api${path}`, { headers: { authorization: `Bearer ${client.token}` } });
    const response = await read(mira, byPath(url));
    expect([response.status, await response.text()]).toEqual([200, text.toString()]);
    expect(await ivo.get('/upload/file/others/x.txt')).toMatchObject(refusal(400, 'Invalid file type'));
    for (const name of ['x.txt', '..%2f..%2fpackage.json', nobody]) {
      expect(await ivo.get(`/upload/file/messages/${name}`)).toMatchObject(refusal(404, 'File not found'));
      expect(await ivo.delete(`/upload/file/messages/${name}`)).toMatchObject(refusal(404, 'File not found'));
    }
    expect(await mira.delete(byPath(url))).toMatchObject(refusal(403, 'Access denied'));
    expect(await ivo.delete('/upload/file/others/x.txt')).toMatchObject(refusal(400, 'Invalid file type'));
    expect((await ivo.delete(byPath(url))).body).toEqual({ success: true, message: 'File deleted successfully' });
    expect(await ivo.delete(byPath(url))).toMatchObject(refusal(404, 'File not found'));
    expect((await fetch(url)).status).toBe(404);
  });
});

it('answers that files are off where they are', async () => {
  const off = await startTestApp({ ENABLE_FILE_SHARING: 'false' });
  try {
    const ann = await clientOf(off, 'Ann');
    const { status, body } = await ann.upload('/upload/media', { name: 'a.txt', bytes: text });
    expect([status, body.message]).toEqual([403, 'Feature disabled']);
  } finally {
    await off.close();
  }
});
