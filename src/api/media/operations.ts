import type { Media as MediaFeature } from '../../engine/media/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { Counter, Id, input, nullable, output, Time, Type } from '../kit/schemas.ts';
import { urlOf } from './link-url.ts';
import { DirectUpload, Media, Purpose, Rendition } from './schemas.ts';

const media = input({ mediaId: Id('The file.') });

const Link = output({
  url: Type.String({ description: 'On this server. Needs no header; whoever has it can use it.' }),
  expiresAt: Time('From then on it is no good.'),
});

/** Files: what is known of them, links to them, and uploads that go straight to the store. */
export function mediaOperations({ media: feature }: { media: MediaFeature }): AnyOperation[] {
  return [
    operation({
      name: 'media.get',
      summary: 'A file that I have uploaded',
      description: 'Ask again while it is `processing`.',
      method: 'GET',
      path: '/media/:mediaId',
      params: media,
      output: Media,
      access: 'session',
      socket: true,
      handle: (actor, { mediaId }) => feature.get(actor, mediaId),
    }),
    operation({
      name: 'media.delete',
      summary: 'Give up a file that I have uploaded',
      description: 'Nothing new can use it. Messages and photos that show it keep it; delete those to have it removed.',
      method: 'DELETE',
      path: '/media/:mediaId',
      params: media,
      access: 'session',
      socket: true,
      handle: (actor, { mediaId }) => feature.delete(actor, mediaId),
    }),
    operation({
      name: 'media.copy',
      summary: 'Use a file that I have uploaded for something else too',
      description:
        'Makes another file of it, by the rules of that purpose. A photo, say, of a picture that I have sent.',
      method: 'POST',
      path: '/media/:mediaId/copies',
      params: media,
      body: input({ purpose: Purpose }),
      output: Media,
      status: 201,
      access: 'session',
      socket: true,
      handle: (actor, { mediaId, purpose }) => feature.copy(actor, mediaId, purpose),
    }),
    operation({
      name: 'media.links',
      summary: 'Short-lived links to files that I may see',
      description:
        'For `<img>` and the like, which send no header. A link is good while I am in the conversation and until it expires. In the order of the request; null for a file that I do not see.',
      method: 'POST',
      path: '/media/links',
      body: input({
        files: Type.Array(
          input({
            mediaId: Id('The file.'),
            conversationId: Type.Optional(
              Id('The conversation where a message shows it. Without it, only files of my own.'),
            ),
            rendition: Type.Optional(Rendition),
          }),
          { minItems: 1, maxItems: 100 },
        ),
      }),
      output: output({ links: Type.Array(nullable(Link)) }),
      access: 'session',
      socket: true,
      handle: async (actor, { files }) => {
        const targets = files.map(({ mediaId, conversationId, rendition = 'original' }) => {
          return { id: mediaId, conversationId, rendition };
        });
        const links = await feature.links(actor, targets);
        return { links: links.map((link) => link && { url: urlOf(link), expiresAt: new Date(link.expires * 1_000) }) };
      },
    }),
    operation({
      name: 'media.beginDirect',
      summary: 'Upload a file straight to the blob store',
      description:
        'Where the store can (S3): send the bytes with the request that is returned, then call `media.finishDirect`. Elsewhere it is `not_supported`: use POST /v1/media or tus.',
      method: 'POST',
      path: '/media/direct',
      body: input({
        purpose: Type.Optional(Purpose),
        fileName: Type.String({ minLength: 1, maxLength: 5_000 }),
        size: Counter('In bytes, exactly.'),
      }),
      output: output({ media: Media, upload: DirectUpload }),
      status: 201,
      access: 'session',
      socket: true,
      handle: (actor, { purpose = 'message', fileName, size }) =>
        feature.beginDirect(actor, { purpose, fileName, size }),
    }),
    operation({
      name: 'media.finishDirect',
      summary: 'The bytes of a direct upload are in the store',
      method: 'POST',
      path: '/media/:mediaId/finish',
      params: media,
      output: Media,
      access: 'session',
      socket: true,
      handle: (actor, { mediaId }) => feature.finishDirect(actor, mediaId),
    }),
  ];
}
