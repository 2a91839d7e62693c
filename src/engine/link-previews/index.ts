import { type LinkPreviewDeps, previewLink } from './preview-link.ts';

export type { LinkPreview, LinkPreviewDeps } from './preview-link.ts';

/** What the pages say that links lead to. Owns no table. */
export function createLinkPreviews(deps: LinkPreviewDeps) {
  return { preview: previewLink(deps) };
}

export type LinkPreviews = ReturnType<typeof createLinkPreviews>;
