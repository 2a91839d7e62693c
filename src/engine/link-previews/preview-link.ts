import { LRUCache } from 'lru-cache';
import type { Limiter, LimitRule } from '../ports/limiter.ts';
import { PageUnavailable, type WebPages } from '../ports/web-pages.ts';
import type { Actor } from '../shared/actor.ts';
import { type Clock, minute, second } from '../shared/clock.ts';
import { EngineError } from '../shared/errors.ts';
import { decodePage } from './decode-page.ts';
import { type PageFacts, readPage } from './read-page.ts';

export interface LinkPreviewDeps {
  readonly clock: Clock;
  readonly limiter: Limiter;
  /** null: previews are off. */
  readonly pages: WebPages | null;
  /**
   * Keeps a picture as a file of the actor's that a message may show, so that nobody who reads the message asks the server
   * of a stranger for it. Without it, previews name pictures and keep none.
   *
   * @param fileName says the type that the server of the picture claims
   * @returns the id of the file, or null where it is not accepted
   */
  readonly keepPicture?: (actor: Actor, bytes: Uint8Array, fileName: string) => Promise<string | null>;
  /** Hears of pictures that could not be kept for a reason of our own. */
  readonly onTrouble?: (error: unknown, what: string) => void;
}

/** What can be shown of a page. Whatever it does not say is left out. */
export interface LinkPreview extends PageFacts {
  /** As it was asked for. */
  readonly url: string;
  /** The picture, kept here. */
  readonly imageMediaId?: string;
}

const perPerson: LimitRule = { name: 'link-previews', points: 60, windowSeconds: (10 * minute) / second };

const keepFacts = 30 * minute;
/** Short: the page may be there in a moment. */
const keepFailure = minute;
const maxRemembered = 1_000;

const page = { maxBytes: 512 * 1024, accept: ['text/html', 'application/xhtml+xml'], cut: true };
/** Not SVG: it can name other things to fetch. */
const endings: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
};
const picture = { maxBytes: 5 * 1024 * 1024, accept: Object.keys(endings), cut: false };

/** Says the same of what is not there, may not be asked, is too slow, and is no page. */
const unavailable = (): EngineError => new EngineError('link_unavailable', 'There is no preview of this link.');

/**
 * What a page says of itself, and its picture. Pages are remembered for half an hour, for everybody on this node. Pictures
 * are not: each is a file of the person who asks, who may have deleted it since.
 *
 * @returns throws EngineError `link_previews_off`, `rate_limited`, `invalid_request`, `link_unavailable`, `overloaded`
 */
export function previewLink(deps: LinkPreviewDeps) {
  const { clock, limiter, pages, keepPicture } = deps;
  /** null: it could not be had. */
  const known = new LRUCache<string, { facts: PageFacts | null; until: number }>({ max: maxRemembered });
  const running = new Map<string, Promise<PageFacts | null>>();
  const keeping = new Map<string, Promise<string | null>>();

  async function factsOf(from: WebPages, url: string): Promise<PageFacts | null> {
    const remembered = known.get(url);
    if (remembered && remembered.until > clock.now()) return remembered.facts;
    return once(running, url, async () => {
      const facts = await readFacts(from, url);
      known.set(url, { facts, until: clock.now() + (facts ? keepFacts : keepFailure) });
      return facts;
    });
  }

  async function pictureOf(from: WebPages, actor: Actor, url: string): Promise<string | null> {
    if (!keepPicture) return null;
    return once(keeping, `${actor.personId} ${url}`, async () => {
      try {
        const { bytes, mimeType } = await from.fetch(url, picture);
        return await keepPicture(actor, bytes, `preview.${endings[mimeType]}`);
      } catch (error) {
        // A preview without its picture is better than none.
        if (!(error instanceof PageUnavailable || error instanceof EngineError))
          deps.onTrouble?.(error, 'link picture');
        return null;
      }
    });
  }

  return async (actor: Actor, url: string): Promise<LinkPreview> => {
    if (!pages) throw new EngineError('link_previews_off', 'This server makes no link previews.');
    await limiter.consume(perPerson, actor.personId);
    const asked = URL.parse(url);
    if (!asked) throw new EngineError('invalid_request', 'This is not an address of the web.', { path: '/url' });
    asked.hash = '';
    const facts = await factsOf(pages, asked.href);
    if (!facts) throw unavailable();
    const { imageUrl, ...words } = facts;
    if (imageUrl === undefined || !keepPicture) return { url, ...facts };
    const imageMediaId = await pictureOf(pages, actor, imageUrl);
    // What could not be fetched from here is not named either: it might be an address in the network of who reads it.
    return { url, ...words, ...(imageMediaId !== null && { imageMediaId }) };
  };
}

async function readFacts(pages: WebPages, asked: string): Promise<PageFacts | null> {
  try {
    const { url, bytes, charset } = await pages.fetch(asked, page);
    // Written anew: a part of a text keeps all of the text in memory.
    return JSON.parse(JSON.stringify(readPage(decodePage(bytes, charset), url)));
  } catch (error) {
    if (error instanceof PageUnavailable) return null;
    throw error;
  }
}

/** Who asks for what is being done waits for that. */
function once<Value>(running: Map<string, Promise<Value>>, key: string, work: () => Promise<Value>): Promise<Value> {
  const found = running.get(key);
  if (found) return found;
  const begun = work().finally(() => running.delete(key));
  running.set(key, begun);
  return begun;
}
