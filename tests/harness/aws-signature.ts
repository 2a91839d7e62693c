/**
 * Checks requests as Amazon S3 does, by Signature Version 4:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedRequest {
  readonly method: string;
  /** As it was sent: path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Of keys that are good for a while only. */
  readonly sessionToken?: string | undefined;
}

/** A refusal, with the code and status of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export class S3Fault extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Such as 20260131T235959Z. */
  readonly date: string;
  readonly payload: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const skew = 15 * 60_000;
const longest = 604_800;
const unsigned = 'UNSIGNED-PAYLOAD';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** UriEncode of the documentation: everything but letters, digits and -._~ */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * @param now milliseconds since the epoch
 * @throws S3Fault where S3 would refuse
 */
export function checkSignature(request: SignedRequest, signer: Signer, now: number): void {
  const [path = '', search = ''] = request.target.split('?');
  const query = search
    .split('&')
    .filter(Boolean)
    .map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
    });
  const byQuery = query.some(([name]) => name === 'X-Amz-Signature' || name === 'X-Amz-Algorithm');
  if (byQuery && request.headers.authorization) {
    throw new S3Fault(400, 'InvalidArgument', 'Only one auth mechanism allowed.');
  }
  const claim = byQuery ? claimOfQuery(query, now) : claimOfHeaders(request, now);
  checkSigner(claim, signer);
  const token = request.headers['x-amz-security-token'] ?? query.find(([name]) => name === 'X-Amz-Security-Token')?.[1];
  if (token !== signer.sessionToken) throw new S3Fault(403, 'InvalidToken', 'The security token is wrong.');
  checkSignedHeaders(claim, request.headers);
  const canonical = [
    request.method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => [encode(name), encode(value)])
      .sort(([a = '', x = ''], [b = '', y = '']) => (a < b || (a === b && x < y) ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&'),
    ...claim.signedHeaders.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n');
  const [, day = '', region = ''] = claim.credential.split('/');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${signer.secretAccessKey}`, day), region));
  const expected = hmac(key, [algorithm, claim.date, scope, sha256(canonical)].join('\n'));
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Fault(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  }
  if (claim.payload !== unsigned && claim.payload !== sha256(request.body)) {
    throw new S3Fault(400, 'XAmzContentSHA256Mismatch');
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function claimOfQuery(query: [string, string][], now: number): Claim {
  const get = (name: string): string => {
    const values = query.filter(([key]) => key === name);
    if (values.length !== 1) throw new S3Fault(400, 'AuthorizationQueryParametersError', `${name} is missing.`);
    return values[0]?.[1] ?? '';
  };
  if (get('X-Amz-Algorithm') !== algorithm) throw new S3Fault(400, 'AuthorizationQueryParametersError');
  const seconds = Number(get('X-Amz-Expires'));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longest) {
    throw new S3Fault(400, 'AuthorizationQueryParametersError', 'X-Amz-Expires is from 1 to 604800.');
  }
  const date = get('X-Amz-Date');
  const time = timeOf(date);
  if (time - skew > now) throw new S3Fault(403, 'AccessDenied', 'Request is not valid yet');
  if (time + seconds * 1_000 < now) throw new S3Fault(403, 'AccessDenied', 'Request has expired');
  return {
    credential: get('X-Amz-Credential'),
    signedHeaders: get('X-Amz-SignedHeaders').split(';'),
    signature: get('X-Amz-Signature'),
    date,
    payload: unsigned,
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
function claimOfHeaders({ headers }: SignedRequest, now: number): Claim {
  if (!headers.authorization) throw new S3Fault(403, 'AccessDenied', 'Anonymous users may do nothing here.');
  const form = /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = form.exec(headers.authorization) ?? [];
  if (!credential || !signedHeaders || !signature) throw new S3Fault(400, 'AuthorizationHeaderMalformed');
  const date = String(headers['x-amz-date'] ?? '');
  if (Math.abs(timeOf(date) - now) > skew) throw new S3Fault(403, 'RequestTimeTooSkewed');
  const payload = headers['x-amz-content-sha256'];
  if (typeof payload !== 'string') throw new S3Fault(400, 'InvalidRequest', 'x-amz-content-sha256 is missing.');
  // Bodies signed chunk by chunk (aws-chunked): Parley sends none.
  if (payload.startsWith('STREAMING-')) throw new S3Fault(501, 'NotImplemented', payload);
  return { credential, signedHeaders: signedHeaders.split(';'), signature, date, payload };
}

function timeOf(date: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) throw new S3Fault(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function checkSigner({ credential, date }: Claim, signer: Signer): void {
  const [id, day, region, service, end, ...more] = credential.split('/');
  if (more.length > 0 || service !== 's3' || end !== 'aws4_request' || day !== date.slice(0, 8)) {
    throw new S3Fault(400, 'AuthorizationHeaderMalformed', 'The credential is malformed.');
  }
  if (id !== signer.accessKeyId) throw new S3Fault(403, 'InvalidAccessKeyId');
  if (region !== signer.region) {
    throw new S3Fault(
      400,
      'AuthorizationHeaderMalformed',
      `The region '${region}' is wrong; expecting '${signer.region}'`,
    );
  }
}

/** The host and every x-amz header that is sent must be signed, and every header that is signed must be sent. */
function checkSignedHeaders({ signedHeaders }: Claim, headers: IncomingHttpHeaders): void {
  const sorted = [...signedHeaders].sort();
  if (sorted.join() !== signedHeaders.join())
    throw new S3Fault(403, 'SignatureDoesNotMatch', 'Headers are not sorted.');
  const needed = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const missing = needed.filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0)
    throw new S3Fault(403, 'AccessDenied', `There were headers not signed: ${missing.join(', ')}`);
  const absent = signedHeaders.filter((name) => headers[name] === undefined);
  if (absent.length > 0) throw new S3Fault(403, 'SignatureDoesNotMatch', `Not sent: ${absent.join(', ')}`);
}
