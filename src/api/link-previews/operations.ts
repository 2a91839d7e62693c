import type { LinkPreviews } from '../../engine/link-previews/index.ts';
import { linkLimits } from '../../engine/messages/index.ts';
import { type AnyOperation, operation } from '../kit/operation.ts';
import { input, output, Type } from '../kit/schemas.ts';

const Said = (description: string) => Type.Optional(Type.String({ description }));

/** What can be shown of pages. */
export function linkPreviewOperations({ linkPreviews }: { linkPreviews: LinkPreviews }): AnyOperation[] {
  return [
    operation({
      name: 'links.preview',
      summary: 'Preview of a link',
      description:
        'What the page says of itself, for the content of a message of kind `link`. The server fetches it, so the page learns nothing of who asks. `link_unavailable` where there is no page to show, or it is not on the public web; `link_previews_off` where the operator wants none.',
      method: 'POST',
      path: '/link-previews',
      body: input({
        url: Type.String({
          minLength: 1,
          maxLength: linkLimits.url,
          pattern: '^https?://[^\\s]+$',
          examples: ['https://example.com/'],
        }),
      }),
      output: output({
        url: Type.String({ description: 'As asked.' }),
        title: Said('One line.'),
        description: Said('One line.'),
        siteName: Said('The site that the page belongs to.'),
        imageMediaId: Said(
          'Its picture, kept here, for a message of mine: nobody who reads that fetches it from a stranger.',
        ),
      }),
      access: 'session',
      socket: true,
      handle: (actor, { url }) => linkPreviews.preview(actor, url),
    }),
  ];
}
