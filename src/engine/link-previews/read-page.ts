import { Parser } from 'htmlparser2';
import { linkLimits } from '../messages/index.ts';
import { cleanText } from './clean-text.ts';

/** What a page says of itself. */
export interface PageFacts {
  readonly title?: string;
  readonly description?: string;
  /** The site that it belongs to. */
  readonly siteName?: string;
  /** Its picture, http or https. */
  readonly imageUrl?: string;
}

/** The parser is given so many characters at a time, and stopped as soon as nothing more can come. */
const chunkLength = 16 * 1024;
/** The time to close a tag grows with how deep it is nested. No head has as many or is as deep. */
const maxTags = 5_000;
const maxDepth = 50;
/** Of one name, such as of several pictures. */
const maxValues = 10;
const maxTitleLength = 10 * linkLimits.title;
const maxSiteName = 100;

/** Names in the order in which they are preferred. */
const names = {
  title: ['og:title', 'twitter:title'],
  description: ['og:description', 'twitter:description', 'description'],
  siteName: ['og:site_name', 'application-name'],
  image: ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'],
} as const;
const wanted: ReadonlySet<string> = new Set(Object.values(names).flat());
const attributeNames: ReadonlySet<string> = new Set(['property', 'name', 'content', 'href']);

/**
 * Reads Open Graph (https://ogp.me), Twitter cards, title and description from the head of a page.
 *
 * @param url where the page is, for what is named relative to it
 */
export function readPage(html: string, url: string): PageFacts {
  const { said, title, base } = readHead(html);
  const first = <Value>(keys: readonly string[], read: (text: string) => Value | undefined): Value | undefined => {
    for (const key of keys) {
      for (const text of said.get(key) ?? []) {
        const value = read(text);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  };
  const text = (keys: readonly string[], most: number) => first(keys, (value) => cleanText(value, most));
  const from = (base !== null && webUrl(base, url)) || url;
  return withoutUndefined({
    title: text(names.title, linkLimits.title) ?? cleanText(title, linkLimits.title),
    description: text(names.description, linkLimits.description),
    siteName: text(names.siteName, maxSiteName),
    imageUrl: first(names.image, (value) => webUrl(value.trim(), from)),
  });
}

interface Head {
  readonly said: ReadonlyMap<string, readonly string[]>;
  readonly title: string;
  readonly base: string | null;
}

function readHead(html: string): Head {
  const said = new Map<string, string[]>();
  let title = '';
  /** Whether the first title is open; null before it. */
  let inTitle: boolean | null = null;
  let base: string | null = null;
  /** Of the tag that is being read, those that matter. An object of all could be made very large. */
  let attributes: Partial<Record<string, string>> = {};
  let tags = 0;
  let depth = 0;
  let done = false;
  const parser = new Parser({
    onopentagname(name) {
      tags += 1;
      depth += 1;
      attributes = {};
      done ||= name === 'body' || tags > maxTags || depth > maxDepth;
      if (name === 'title' && !done) inTitle ??= true;
    },
    onattribute(name, value) {
      if (attributeNames.has(name)) attributes[name] ??= value;
    },
    ontext(text) {
      if (inTitle && title.length < maxTitleLength) title += text.slice(0, maxTitleLength);
    },
    // Also for tags that have no end, at once.
    onclosetag(name) {
      depth -= 1;
      if (done) return;
      if (name === 'title' && inTitle) inTitle = false;
      if (name === 'base') base ??= attributes.href ?? null;
      if (name === 'meta') remember(said, attributes);
      done = name === 'head';
    },
  });
  for (let at = 0; at < html.length && !done; at += chunkLength) parser.write(html.slice(at, at + chunkLength));
  // What is cut off within a tag is not guessed at.
  return { said, title, base };
}

function remember(said: Map<string, string[]>, { property, name, content }: Partial<Record<string, string>>): void {
  const key = (property ?? name ?? '').trim().toLowerCase();
  if (content === undefined || !wanted.has(key)) return;
  const values = said.get(key) ?? [];
  if (values.length < maxValues) said.set(key, [...values, content]);
}

/** An absolute address of the web without credentials, or undefined. */
function webUrl(text: string, base: string): string | undefined {
  const url = text === '' ? null : URL.parse(text, base);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.username !== '' || url.password !== '' || url.href.length > linkLimits.url) return undefined;
  return url.href;
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

const withoutUndefined = <Value extends object>(value: Value): Defined<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<Value>;
