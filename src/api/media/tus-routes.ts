import { Server } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Media as MediaFeature, MediaPurpose } from '../../engine/media/index.ts';
import type { Actor } from '../../engine/shared/actor.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { renderError, statusOf } from '../kit/errors.ts';
import { authenticate, type RestDeps } from '../kit/mount-rest.ts';
import { routeDocument } from '../kit/rest-document.ts';
import { ResumableStore } from './resumable-store.ts';

export interface TusDeps extends RestDeps {
  readonly media: MediaFeature;
  readonly origins: readonly string[];
}

const path = '/v1/uploads';
const purposes: readonly string[] = ['message', 'avatar', 'story'] satisfies MediaPurpose[];

/**
 * Resumable uploads, tus 1.0.0 (https://tus.io/protocols/resumable-upload): creation, creation-with-upload, termination.
 * The id of an upload is that of its file, so a client that has lost the last answer finds it. `Upload-Metadata` may have
 * `filename` and `purpose`.
 */
export function mountTus(scope: FastifyInstance, deps: TusDeps): void {
  const { media } = deps;
  const actors = new WeakMap<object, Actor>();
  const actorOf = (request: object): Actor => {
    const raw = (request as { runtime?: { node?: { req: object } } }).runtime?.node?.req;
    const actor = raw && actors.get(raw);
    if (!actor) throw new EngineError('unauthenticated', 'Send an access token: Authorization: Bearer <token>.');
    return actor;
  };
  const store = new ResumableStore(media, deps.uploads);
  scope.addHook('onClose', () => store.idle());
  // Made by the first upload: the documents are made without an engine.
  let server: Server | undefined;
  const open = (): Server =>
    new Server({
      path,
      relativeLocation: true,
      datastore: store,
      maxSize: media.maxBytes(),
      allowedOrigins: (origin) => deps.origins.includes('*') || deps.origins.includes(origin),
      exposedHeaders: ['X-Request-Id', 'Retry-After'],
      disableTerminationForFinishedUploads: true,
      namingFunction: async (request, metadata) => {
        const length = request.headers.get('upload-length');
        if (length === null) {
          throw new EngineError('invalid_request', 'Say how long the file is: Upload-Length.', {
            path: '/uploadLength',
          });
        }
        const purpose = metadata?.purpose ?? 'message';
        if (!purposes.includes(purpose)) {
          throw new EngineError('invalid_request', `The purpose is one of ${purposes.join(', ')}.`, {
            path: '/purpose',
          });
        }
        const upload = await media.begin(actorOf(request), {
          purpose: purpose as MediaPurpose,
          fileName: metadata?.filename ?? '',
          size: Number(length),
        });
        return upload.id;
      },
      onUploadFinish: async (request, { id }) => {
        const file = await media.finish(actorOf(request), id);
        return { headers: { 'Parley-Media-Status': file.status } };
      },
      onResponseError: (_request, error) => {
        if (!(error instanceof Error)) return undefined;
        const wire = renderError(error, (cause) => scope.log.error({ err: cause }, 'upload failed'));
        return { status_code: statusOf[wire.code], body: JSON.stringify({ error: wire }) };
      },
    });

  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.method !== 'OPTIONS') {
      const actor = await authenticate(deps, request);
      deps.limits.consume(actor.sessionId);
      const { uploadId } = request.params as { uploadId?: string };
      // Of somebody else's upload nobody learns that it is there.
      if (uploadId !== undefined) await media.get(actor, uploadId);
      actors.set(request.raw, actor);
    }
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.raw.setHeader('Cache-Control', 'no-store');
    reply.hijack();
    server ??= open();
    await server.handle(request.raw, reply.raw);
  };

  // The bytes are left where they are: the library reads them.
  scope.addContentTypeParser('application/offset+octet-stream', (_request, _body, done) => done(null));
  const routes = [
    ['POST', '/uploads', 'uploads.create', 'Begin a resumable upload (tus)'],
    ['HEAD', '/uploads/:uploadId', 'uploads.offset', 'How much of a resumable upload is here (tus)'],
    ['PATCH', '/uploads/:uploadId', 'uploads.append', 'Go on with a resumable upload (tus)'],
    ['DELETE', '/uploads/:uploadId', 'uploads.terminate', 'Give a resumable upload up (tus)'],
  ] as const;
  for (const [method, url, name, summary] of routes) {
    const description = 'See https://tus.io/protocols/resumable-upload.';
    const schema = routeDocument({ name, summary, description, access: 'session' });
    scope.route({ method, url, config: { upload: true }, schema, handler: serve });
  }
  // What the server can do, for clients that ask.
  scope.route({ method: 'OPTIONS', url: '/uploads', schema: { hide: true }, handler: serve });
}
