import sharp from 'sharp';
import type { TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** A file as the native door shows it, with the fields that tests read. */
export interface UploadedFile {
  readonly id: string;
  readonly status: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  readonly blurhash?: string;
  readonly thumbnail?: { readonly width: number; readonly height: number };
}

/** A picture of one colour. Other colours have other bytes. */
export async function picture(
  options: { width?: number; height?: number; colour?: string; format?: 'jpeg' | 'png' | 'webp' | 'gif' } = {},
): Promise<Buffer> {
  const { width = 64, height = 48, colour = '#336699', format = 'png' } = options;
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .toFormat(format)
    .toBuffer();
}

/** Uploads bytes as a multipart body, and returns the answer as it is. */
export async function upload(
  app: TestApp,
  person: TestPerson,
  bytes: Uint8Array,
  options: { fileName?: string; purpose?: string; type?: string } = {},
): Promise<{ status: number; body: { error?: { code: string; details: Record<string, unknown> } } & UploadedFile }> {
  const { fileName = 'file.bin', purpose = 'message', type = 'application/octet-stream' } = options;
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(bytes)], { type }), fileName);
  const answer = await fetch(`${app.url}/v1/media?purpose=${purpose}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
    body: form,
  });
  return { status: answer.status, body: (await answer.json()) as Awaited<ReturnType<typeof upload>>['body'] };
}

/** Uploads bytes that are accepted. */
export async function uploaded(
  app: TestApp,
  person: TestPerson,
  bytes: Uint8Array,
  options: { fileName?: string; purpose?: string } = {},
): Promise<UploadedFile> {
  const { status, body } = await upload(app, person, bytes, options);
  if (status !== 201) throw new Error(`The upload was answered with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Fetches from the server, with a person's token if one is given. */
export function fetchAs(
  app: TestApp,
  person: TestPerson | null,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (person) headers.set('authorization', `Bearer ${person.token}`);
  return fetch(`${app.url}${path}`, { ...init, headers });
}

/** The code of the error that an answer has. */
export async function codeOf(answer: Response): Promise<string | undefined> {
  return ((await answer.json()) as { error?: { code: string } }).error?.code;
}
