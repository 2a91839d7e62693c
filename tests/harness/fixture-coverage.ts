import { readdirSync, readFileSync } from 'node:fs';
import type { Fixture } from './fixtures.ts';

interface RoutePath {
  readonly method: string;
  readonly path: string;
}

/** The routes of a dialect, and for which of them fixtures have what they answer and what they refuse: `GET /api/users`. */
export function playedRoutes(fixtures: readonly Fixture[], routes: readonly RoutePath[]) {
  const answered = new Set<string>();
  const refused = new Set<string>();
  for (const { request, expect } of fixtures) {
    if (!request) continue;
    for (const path of [request.path, ...(request.also ?? [])]) {
      const at = routeOf(routes, request.method, path);
      if (at) ((expect?.status ?? 200) >= 400 ? refused : answered).add(at);
    }
  }
  return { names: routes.map(({ method, path }) => `${method} ${path}`), answered, refused };
}

/** The route that serves a path of a fixture; one whose names are fixed goes before one where they stand for something. */
function routeOf(routes: readonly RoutePath[], method: string, path: string): string | undefined {
  const given = path.replace(/\?.*$/, '').replace(/\/$/, '').split('/');
  const fits = (pattern: string) => {
    const parts = pattern.split('/');
    return parts.length === given.length && parts.every((part, index) => part.startsWith(':') || part === given[index]);
  };
  const found = routes
    .filter((route) => route.method === method && fits(route.path))
    .sort((a, b) => a.path.split(':').length - b.path.split(':').length)[0];
  return found && `${found.method} ${found.path}`;
}

/** Names of the events that somebody is told of in fixtures. */
export const toldEvents = (fixtures: readonly Fixture[]): ReadonlySet<string> =>
  new Set(fixtures.flatMap(({ events = [] }) => events.map(({ name }) => name)));

/** Names of the events that the sources of a dialect write. @param folders where its sources do so */
export function writtenEvents(dialect: URL, folders: readonly string[]): string[] {
  const sources = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, dialect))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(`${folder}/${file}`, dialect), 'utf8')),
  );
  return sources.flatMap((source) => [
    ...[...source.matchAll(/`\["(\w+)"/g)].map(([, name = '']) => name),
    // The name may be one of several: a ? 'b' : 'c'.
    ...[...source.matchAll(/\b(?:eventText|emit)\(([^,]+),/g)].flatMap(([, names = '']) =>
      [...names.matchAll(/'([\w:]+)'/g)].map(([, name = '']) => name),
    ),
  ]);
}
