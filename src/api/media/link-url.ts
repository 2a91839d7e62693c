import type { MediaLink } from '../../engine/media/index.ts';

/** Where a link leads. */
export function urlOf({ id, rendition, conversationId, reportId, personId, expires, signature }: MediaLink): string {
  const query = new URLSearchParams({
    ...(conversationId !== undefined && { conversationId }),
    ...(reportId !== undefined && { reportId }),
    as: personId,
    expires: String(expires),
    signature,
  });
  return `/v1/media/${id}/${rendition === 'original' ? 'content' : 'thumbnail'}?${query}`;
}
