import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { checkSignature, S3Fault } from './aws-signature.ts';
import { FakeStore } from './fake-store.ts';

interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

interface Multipart {
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const smallestPart = 5 * 1024 * 1024;
const mostParts = 10_000;

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex');
const escapeXml = (text: string): string => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);

/**
 * One bucket that speaks the REST API of Amazon S3, by paths, and refuses what S3 refuses: every request is signed by
 * Signature Version 4. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export class FakeS3 extends FakeStore {
  readonly bucket = 'parley-files';
  readonly region = 'eu-central-1';
  readonly accessKeyId = 'AKIDFORTESTSONLY';
  readonly secretAccessKey = 'not-a-secret-but-a-key-of-the-tests';
  /** Without which the key is no good. */
  sessionToken: string | undefined;
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Multipart>();
  /** Bytes that fit. Stores other than AWS may be full; MinIO says XMinioStorageFull. */
  capacity = Infinity;

  protected override handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { method = '', url: target = '', headers } = request;
    checkSignature({ method, target, headers, body }, this, this.now());
    checkIntegrity(headers, body);
    const url = new URL(target, this.url);
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== this.bucket) throw new S3Fault(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const key = rest.join('/');
    if (key === '' || Buffer.byteLength(key) > 1_024) throw new S3Fault(400, 'KeyTooLongError');
    const query = url.searchParams;
    const id = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) this.#create(key, request, response);
    else if (method === 'PUT' && id !== null) {
      this.#putPart(this.#uploadOf(id, key), Number(query.get('partNumber')), request, body, response);
    } else if (method === 'POST' && id !== null) this.#complete(this.#uploadOf(id, key), id, body, response);
    else if (method === 'DELETE' && id !== null) this.#abort(this.#uploadOf(id, key), id, response);
    else if (method === 'PUT') this.#put(key, request, body, response);
    else if (method === 'GET' || method === 'HEAD') this.#get(key, request, response);
    else if (method === 'DELETE') this.#delete(key, response);
    else throw new S3Fault(405, 'MethodNotAllowed');
  }

  protected override refuse(response: ServerResponse, error: unknown): void {
    const fault = error instanceof S3Fault ? error : new S3Fault(500, 'InternalError', String(error));
    const [code, message] = [fault.code, escapeXml(fault.message)];
    response.writeHead(fault.status, { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() });
    // To HEAD there is no body: clients know the status only.
    if (response.req.method === 'HEAD') response.end();
    else
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      );
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
  #put(key: string, { headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    if (headers['content-length'] === undefined) throw new S3Fault(411, 'MissingContentLength');
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    if (headers['if-none-match'] === '*' && this.objects.has(key)) throw new S3Fault(412, 'PreconditionFailed');
    this.#makeRoom(body.length);
    const etag = `"${md5(body)}"`;
    this.objects.set(key, { body, contentType: headers['content-type'] ?? 'binary/octet-stream', etag });
    response.writeHead(200, { etag }).end();
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
  #get(key: string, request: IncomingMessage, response: ServerResponse): void {
    const object = this.objects.get(key);
    if (!object) throw new S3Fault(404, 'NoSuchKey', 'The specified key does not exist.');
    response.setHeader('etag', object.etag).setHeader('content-type', object.contentType);
    if (!this.send(request, object.body, response)) throw new S3Fault(416, 'InvalidRange');
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
  #create(key: string, { headers }: IncomingMessage, response: ServerResponse): void {
    const id = randomUUID();
    this.uploads.set(id, { key, contentType: headers['content-type'] ?? 'binary/octet-stream', parts: new Map() });
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<InitiateMultipartUploadResult><Bucket>${this.bucket}</Bucket>` +
        `<Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
  #putPart(
    upload: Multipart,
    number: number,
    { headers }: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): void {
    if (!Number.isInteger(number) || number < 1 || number > mostParts) throw new S3Fault(400, 'InvalidArgument');
    if (headers['content-length'] === undefined) throw new S3Fault(411, 'MissingContentLength');
    this.#makeRoom(body.length);
    const etag = `"${md5(body)}"`;
    upload.parts.set(number, { body, etag });
    response.writeHead(200, { etag }).end();
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
  #complete(upload: Multipart, id: string, body: Buffer, response: ServerResponse): void {
    const listed = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
    }));
    if (listed.length === 0) throw new S3Fault(400, 'MalformedXML');
    if (listed.some(({ number }, index) => index > 0 && number <= (listed[index - 1]?.number ?? 0))) {
      throw new S3Fault(400, 'InvalidPartOrder');
    }
    const pieces = listed.map(({ number, etag }, index) => {
      const part = upload.parts.get(number);
      if (part?.etag !== etag) throw new S3Fault(400, 'InvalidPart');
      if (index < listed.length - 1 && part.body.length < smallestPart) throw new S3Fault(400, 'EntityTooSmall');
      return part.body;
    });
    const whole = Buffer.concat(pieces);
    const etag = `"${md5(whole)}-${pieces.length}"`;
    this.uploads.delete(id);
    this.objects.set(upload.key, { body: whole, contentType: upload.contentType, etag });
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<CompleteMultipartUploadResult><Bucket>${this.bucket}</Bucket>` +
        `<Key>${escapeXml(upload.key)}</Key><ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
  #abort(_upload: Multipart, id: string, response: ServerResponse): void {
    this.uploads.delete(id);
    response.writeHead(204).end();
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html: of what is not there too. */
  #delete(key: string, response: ServerResponse): void {
    this.objects.delete(key);
    response.writeHead(204).end();
  }

  #uploadOf(id: string, key: string): Multipart {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Fault(404, 'NoSuchUpload');
    return upload;
  }

  #makeRoom(bytes: number): void {
    const used = [...this.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
    if (used + bytes > this.capacity) throw new S3Fault(507, 'XMinioStorageFull', 'Storage backend is full.');
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
function checkIntegrity(headers: IncomingMessage['headers'], body: Buffer): void {
  const given = headers['content-md5'];
  if (given !== undefined && given !== createHash('md5').update(body).digest('base64'))
    throw new S3Fault(400, 'BadDigest');
  const sum = headers['x-amz-checksum-crc32'];
  const actual = Buffer.alloc(4);
  actual.writeUInt32BE(crc32(body));
  if (sum !== undefined && sum !== actual.toString('base64')) throw new S3Fault(400, 'BadDigest');
}
