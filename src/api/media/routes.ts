import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Media as MediaFeature, MediaPurpose, OpenedMedia, RenditionName } from '../../engine/media/index.ts';
import { EngineError } from '../../engine/shared/errors.ts';
import { validator } from '../../engine/shared/validate.ts';
import { acceptFiles, receiveFile } from '../../transport/receive-file.ts';
import { sendFile } from '../../transport/send-file.ts';
import { authenticate, type RestDeps } from '../kit/mount-rest.ts';
import { type DocumentedRoute, routeDocument } from '../kit/rest-document.ts';
import { Counter, Id, input, Type } from '../kit/schemas.ts';
import { Media, Purpose } from './schemas.ts';
import { mountTus } from './tus-routes.ts';

const uploadQuery = input({ purpose: Type.Optional(Purpose) });
const contentQuery = input({
  conversationId: Type.Optional(Id('The conversation where a message shows it; without it, a file of my own.')),
  reportId: Type.Optional(Id('Of a link that an admin got with a report.')),
  as: Type.Optional(Id('Of a link.')),
  expires: Type.Optional(Counter('Of a link.')),
  signature: Type.Optional(Type.String({ maxLength: 100, description: 'Of a link.' })),
});
const photoQuery = input({ thumbnail: Type.Optional(Type.Boolean({ description: 'The small picture.' })) });

const documents = {
  upload: {
    name: 'media.upload',
    summary: 'Upload a file',
    description:
      'multipart/form-data: its first file counts, whatever the field is called. The answer is `processing` where it cannot be looked into now; then ask `media.get`. Large files, and bad networks: tus at /v1/uploads.',
    access: 'session',
    query: uploadQuery,
    output: Media,
    status: 201,
    takesFile: true,
  },
  content: {
    name: 'media.content',
    summary: 'The bytes of a file',
    description:
      'With an access token, or by a link of `media.links`. Ranges, ETag and HEAD are served. What a browser could run is only ever saved.',
    access: 'session',
    query: contentQuery,
    params: input({ mediaId: Id('The file.') }),
    givesFile: true,
  },
  photo: {
    name: 'media.photo',
    summary: 'The photo of a person or group',
    description: 'The path is `photoUrl` of who has it. Good while it is their photo.',
    access: 'public',
    query: photoQuery,
    params: input({ photoKey: Type.String({ maxLength: 64 }) }),
    givesFile: true,
  },
} as const satisfies Record<string, DocumentedRoute>;

export interface MediaRoutesDeps extends RestDeps {
  readonly media: MediaFeature;
  /** Allowed origins; `*` for all. */
  readonly origins: readonly string[];
}

/** Routes that take and give bytes, below `/v1`. */
export async function mountMediaRoutes(scope: FastifyInstance, deps: MediaRoutesDeps): Promise<void> {
  const { media } = deps;
  await acceptFiles(scope);
  const readUpload = validator(uploadQuery, { convert: true });
  const readContent = validator(contentQuery, { convert: true });
  const readPhoto = validator(photoQuery, { convert: true });

  scope.route({
    method: 'POST',
    url: '/media',
    config: { upload: true },
    schema: routeDocument({ ...documents.upload, name: 'media.upload' }),
    handler: async (request, reply) => {
      const actor = await authenticate(deps, request);
      deps.limits.consume(actor.sessionId);
      const { purpose = 'message' } = readUpload(request.query) as { purpose?: MediaPurpose };
      const id = await receiveFile(request, deps, actor, purpose);
      return reply
        .code(201)
        .header('Cache-Control', 'no-store')
        .send(await media.finish(actor, id));
    },
  });

  const open = async (request: FastifyRequest, rendition: RenditionName): Promise<OpenedMedia> => {
    const { mediaId: id } = request.params as { mediaId: string };
    const { conversationId, reportId, as, expires, signature } = readContent(request.query) as ContentQuery;
    if (as !== undefined && expires !== undefined && signature !== undefined) {
      deps.limits.consume(as);
      return media.openLink({ id, rendition, conversationId, reportId, personId: as, expires, signature });
    }
    if (reportId !== undefined) {
      const message = 'Files of a report are read by the links that the report comes with.';
      throw new EngineError('invalid_request', message, { path: '/reportId' });
    }
    const actor = await authenticate(deps, request);
    deps.limits.consume(actor.sessionId);
    return media.open(actor, { id, rendition, conversationId });
  };
  for (const [path, rendition] of [
    ['content', 'original'],
    ['thumbnail', 'thumbnail'],
  ] as const) {
    scope.route({
      method: 'GET',
      url: `/media/:mediaId/${path}`,
      schema: routeDocument({ ...documents.content, name: `media.${path}` }),
      handler: async (request, reply) => sendFile(request, reply, await open(request, rendition), ownCache),
    });
  }

  scope.route({
    method: 'GET',
    url: '/photos/:photoKey',
    schema: routeDocument(documents.photo),
    handler: async (request, reply): Promise<FastifyReply> => {
      deps.limits.consume(deps.originOf(request.raw, 'v1').ip);
      const { photoKey } = request.params as { photoKey: string };
      const { thumbnail } = readPhoto(request.query) as { thumbnail?: boolean };
      const photo = await media.openPhoto(photoKey, thumbnail ? 'thumbnail' : 'original');
      return sendFile(request, reply, photo, photoCache);
    },
  });

  mountTus(scope, deps);
}

interface ContentQuery {
  readonly conversationId?: string;
  readonly reportId?: string;
  readonly as?: string;
  readonly expires?: number;
  readonly signature?: string;
}

/** Whoever has seen it has seen it; a shared cache must not show it to others. */
const ownCache = 'private, max-age=3600, immutable';
/** Short: a photo that is taken away is to vanish. */
const photoCache = 'private, max-age=300';
