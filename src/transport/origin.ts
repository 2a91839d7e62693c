import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Origin } from '../engine/shared/actor.ts';

/** Finds out where a request comes from. */
export type OriginOf = (request: IncomingMessage, door: string) => Origin;

/** @param trustedProxies addresses or CIDR ranges whose X-Forwarded-For is believed */
export function createOriginOf(trustedProxies: readonly string[]): OriginOf {
  const trusted = proxyAddr.compile([...trustedProxies]);
  return (request, door) => ({
    ip: proxyAddr(request, trusted) || 'unknown',
    userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
    door,
  });
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1), or null. */
export function bearerToken(request: { headers: IncomingMessage['headers'] }): string | null {
  const match = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}
