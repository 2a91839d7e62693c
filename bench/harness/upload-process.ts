/**
 * Uploads files with so many requests at a time until it is told to stop. A process of its own, and a modest one: it shares
 * the core with the load generator, whose latencies are what is measured.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setPriority } from 'node:os';

export interface UploadsRequest {
  readonly url: string;
  readonly token: string;
  readonly atOnce: number;
  readonly fileBytes: number;
}

/** What has been uploaded: files, bytes that were taken, and how long each file took, in milliseconds. */
export interface UploadsResult {
  readonly files: number;
  readonly milliseconds: readonly number[];
  readonly failure: string | null;
}

setPriority(10);
const boundary = 'a-boundary-of-the-benchmark';
const head = Buffer.from(
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="file.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`,
);
const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const milliseconds: number[] = [];
let stopping = false;

function upload({ url, token }: UploadsRequest, bytes: Buffer): Promise<void> {
  // Each file has its own bytes, or it would not be stored.
  const parts = [head, randomBytes(16), bytes, tail];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': length,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/v1/media`, { agent, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        if (answer.statusCode === 201) resolve();
        else reject(new Error(`An upload was answered with ${answer.statusCode}: ${text}`));
      });
    });
    call.on('error', reject);
    for (const part of parts) call.write(part);
    call.end();
  });
}

async function uploadAll(asked: UploadsRequest): Promise<UploadsResult> {
  const bytes = randomBytes(asked.fileBytes);
  const one = async (): Promise<void> => {
    while (!stopping) {
      const begun = performance.now();
      await upload(asked, bytes);
      milliseconds.push(performance.now() - begun);
    }
  };
  let failure: string | null = null;
  try {
    await Promise.all(Array.from({ length: asked.atOnce }, one));
  } catch (error) {
    failure = (error as Error).message;
  }
  return { files: milliseconds.length, milliseconds, failure };
}

process.once('message', (asked: UploadsRequest) => {
  process.once('message', () => {
    stopping = true;
  });
  uploadAll(asked).then((result) => process.send?.(result, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(1));
