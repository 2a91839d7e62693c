import { EngineError } from '../shared/errors.ts';
import { searchWords } from '../shared/search-words.ts';

export const maxTitleLength = 100;
export const maxDescriptionLength = 500;
/** Of the URL of a photo: http(s), or a path on this server. */
export const photoUrlPattern = '^(https?://[^\\s]+|/[^\\s]*)$';
export const maxPhotoUrlLength = 2_000;

const invalid = (message: string, path: string): EngineError => new EngineError('invalid_request', message, { path });

/** @throws EngineError `invalid_request` */
export function groupTitle(text: string): { title: string; search: string } {
  const title = text.trim();
  if (title === '' || title.length > maxTitleLength) {
    throw invalid(`A title has 1 to ${maxTitleLength} characters and is not blank.`, '/title');
  }
  return { title, search: ` ${searchWords(title)}` };
}

/** @throws EngineError `invalid_request` */
export function groupDescription(text: string): string {
  const description = text.trim();
  if (description.length <= maxDescriptionLength) return description;
  throw invalid(`A description has at most ${maxDescriptionLength} characters.`, '/description');
}

/** @throws EngineError `invalid_request` */
export function groupPhotoUrl(url: string | null | undefined): string | null | undefined {
  if (typeof url !== 'string' || (url.length <= maxPhotoUrlLength && new RegExp(photoUrlPattern).test(url))) return url;
  throw invalid('The photo is a URL: http(s), or a path on this server.', '/photoUrl');
}

/** Least and most time after which messages vanish, in seconds: an hour, and a year. */
export const disappearingRange = { least: 3_600, most: 365 * 24 * 3_600 } as const;

/** @throws EngineError `invalid_request` */
export function disappearingAfter(seconds: number | null): number | null {
  const { least, most } = disappearingRange;
  if (seconds === null || (Number.isInteger(seconds) && seconds >= least && seconds <= most)) return seconds;
  throw invalid(`Messages vanish after ${least} to ${most} seconds; null: never.`, '/disappearingSeconds');
}
