import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { VirusScanner } from '../../engine/ports/virus-scanner.ts';

export interface ClamdOptions {
  /** Where clamd listens. */
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  /** For how long nothing may happen, in milliseconds. It has to be longer than clamd's MaxScanTime. */
  readonly timeLimit?: number;
}

const defaultTimeLimit = 180_000;
const pingLimit = 5_000;
const chunkBytes = 128 * 1024;
/** No answer is nearly as long. */
const longestAnswer = 4_096;

/**
 * Scans with the daemon of ClamAV, which gets each file as a stream and so need not see this machine's disk.
 * Protocol: https://docs.clamav.net/manual/Usage/Scanning.html and `man clamd`, INSTREAM.
 */
export function createClamdScanner({ address, timeLimit = defaultTimeLimit }: ClamdOptions): VirusScanner {
  return {
    async scan(path) {
      let sent = false;
      const answer = await exchange(connect(address), timeLimit, async (write) => {
        await write(Buffer.from('zINSTREAM\0'));
        for await (const piece of createReadStream(path, { highWaterMark: chunkBytes })) {
          await write(Buffer.concat([lengthOf(piece.length), piece]));
        }
        sent = true;
        await write(lengthOf(0));
      });
      const virus = /^stream: (.+) FOUND$/.exec(answer)?.[1];
      if (virus !== undefined) return virus;
      // Of what it has not seen to its end it cannot say that.
      if (answer === 'stream: OK' && sent) return null;
      throw new Error(`clamd has not scanned the file: ${answer}`);
    },
    async ping() {
      const answer = await exchange(connect(address), pingLimit, (write) => write(Buffer.from('zPING\0')));
      if (answer !== 'PONG') throw new Error(`clamd does not answer as it should: ${answer}`);
    },
  };
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** Sends one command over a connection, and resolves to the answer, whole and without its end mark. */
function exchange(
  socket: Socket,
  timeLimit: number,
  send: (write: (bytes: Buffer) => Promise<void>) => Promise<void>,
): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let answer = '';
    let trouble: Error | undefined;
    const fail = (error: Error): void => {
      trouble ??= error;
      socket.destroy();
    };
    // A connection breaks while a file is sent that is too large for clamd; why, it has said before.
    socket.on('error', (error) => {
      trouble ??= error;
    });
    socket.once('close', () => {
      if (answer.endsWith('\0')) resolve(answer.slice(0, -1).replaceAll('\0', ' '));
      else reject(trouble ?? new Error('clamd has closed the connection without an answer.'));
    });
    socket.setTimeout(timeLimit, () => fail(new Error('clamd does not answer in time.')));
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      answer += piece;
      if (answer.endsWith('\0')) socket.destroy();
      else if (answer.length > longestAnswer) fail(new Error('clamd answers something else than it should.'));
    });
    const write = (bytes: Buffer): Promise<void> =>
      new Promise((written, broken) => {
        socket.write(bytes, (error) => (error ? broken(error) : written()));
      });
    // Where it cannot be sent on, the socket has closed or will: that decides. A file that cannot be read ends it here.
    send(write).catch((error: NodeJS.ErrnoException) => {
      if (error.syscall === 'write' || socket.destroyed) return;
      fail(error);
    });
  });
}
