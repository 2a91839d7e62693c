import { randomBytes } from 'node:crypto';
import { fetchAs, picture } from './media.ts';
import { type Answer, rest, type TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** A picture that no other is the same as. */
export const newPicture = (): Promise<Buffer> => picture({ colour: `#${randomBytes(3).toString('hex')}` });

/** A tenth of a second of noise (RIFF WAVE, 8 kHz, 16 bits, mono). */
export function recording(): Buffer {
  const samples = randomBytes(1_600);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** One frame of red, 16 by 16 pixels (WebM, VP8). */
export const film = (): Buffer => Buffer.from(webm, 'base64');

/** Text that no other is the same as. */
export const note = (): Buffer => Buffer.from(`Note ${randomBytes(8).toString('hex')}`);

/** Begins an upload of which no byte comes. */
export async function beginUpload(app: Pick<TestApp, 'url'>, person: TestPerson): Promise<string> {
  const headers = { authorization: `Bearer ${person.token}`, 'tus-resumable': '1.0.0', 'upload-length': '5' };
  const { status, headers: answered } = await fetch(`${app.url}/v1/uploads`, { method: 'POST', headers });
  const id = answered.get('location')?.split('/').at(-1);
  if (status !== 201 || !id) throw new Error(`Not begun: ${status}`);
  return id;
}

/** The status of reading a file: in a conversation, or, without one, as its uploader. */
export async function read(
  app: TestApp,
  person: TestPerson,
  mediaId: string,
  conversationId?: string,
): Promise<number> {
  const query = conversationId === undefined ? '' : `?conversationId=${conversationId}`;
  const response = await fetchAs(app, person, `/v1/media/${mediaId}/content${query}`);
  await response.arrayBuffer();
  return response.status;
}

/** What shows a file, as it was written down. */
export async function usesOf(app: TestApp, mediaId: string): Promise<{ holder_id: string; seq: number }[]> {
  const text = 'select holder_id, seq from media_uses where media_id = $1 order by holder_id, seq';
  return app.app.database.read((reader) => reader.prepared({ name: '', text }, [mediaId]));
}

/** Whether the server still has a file, once the collector has run. */
export async function isKept(app: TestApp, mediaId: string): Promise<boolean> {
  await app.app.media.collect();
  const rows = await app.app.database.read((reader) =>
    reader.sql.selectFrom('media').select('id').where('id', '=', mediaId).execute(),
  );
  return rows.length > 0;
}

/** Gives a file up. */
export const giveUp = (app: Pick<TestApp, 'url'>, person: TestPerson, mediaId: string): Promise<Answer> =>
  rest(app, 'DELETE', `/media/${mediaId}`, { token: person.token });

const webm = `
GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAAG/EU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtTrIHGTbuMU6uE
ElTDZ1OsggEMTbuMU6uEHFO7a1OsggGp7AEAAAAAAABZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmoCrXsYMPQkBNgIRMYXZmV0GETGF2ZkSJiECPQAAAAAAAFlSua8GuAQAAAAAAADjX
gQFzxYgAAAAAAAAAAZyBACK1nIN1bmSIgQCGhVZfVlA4g4EBI+ODhDuaygDgibCBELqBEJqBAhJUw2fRc3POY8CLY8WIAAAAAAAAAAFnyJhFo4dFTkNP
REVSRIeLTGF2YyBsaWJ2cHhnyKJFo4hEVVJBVElPTkSHlDAwOjAwOjAxLjAwMDAwMDAwMAAAH0O2dcLngQCjvYEAAIDwAgCdASoQABAAAEcIhYWImYSI
AgICdaoD+AP6Ag1N7gD+/W7z/+Rv4+dG/8jj//xKnuOJ4//8RoAcU7trkbuPs4EAt4r3gQHxggFi8IED`;
