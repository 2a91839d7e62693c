import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

export type { Logger };

export interface LogOptions {
  readonly level: string;
  /** Folder for `combined.log` and `error.log`, or null. */
  readonly directory: string | null;
}

/** Where secrets and what people write could appear, whoever logs it. */
const redacted = [
  'authorization',
  'cookie',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'code',
  'text',
  'secret',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/** The log: JSON lines on standard output, and in files where a folder is given. */
export function createLogger(options: LogOptions): Logger {
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: process.stdout }];
  if (options.directory !== null) {
    mkdirSync(options.directory, { recursive: true });
    const file = (name: string) => pino.destination({ dest: join(options.directory ?? '', name), mkdir: true });
    streams.push({ level: 'trace', stream: file('combined.log') }, { level: 'error', stream: file('error.log') });
  }
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redacted, censor: '[redacted]' },
      serializers: { err: serializeError },
    },
    pino.multistream(streams),
  );
}

/** Type, message and stack. Not the other properties: a driver's error carries the values of the statement. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { errorCode: code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  };
}
