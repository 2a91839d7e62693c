import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../../transport/origin.ts';

/** The token of a request; in the header with or without its scheme, because some clients leave it out. */
export function tokenOf(request: FastifyRequest): string | null {
  const given = request.headers.authorization?.trim() ?? '';
  const bare = given !== '' && !given.includes(' ') && given.toLowerCase() !== 'bearer';
  return bearerToken(request) ?? (bare ? given : null);
}
