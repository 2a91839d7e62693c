import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
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

/**
 * Whether an address is in one of some networks.
 *
 * @param networks addresses or CIDR ranges
 */
export function isInNetworks(networks: readonly string[]): (address: string) => boolean {
  const among = proxyAddr.compile([...networks]);
  return (address) => isIP(address) !== 0 && among(address, 0);
}

/** Finds out under which origin a client reaches the server, such as `https://chat.example.org`. */
export type SiteOf = (request: IncomingMessage) => string;

/**
 * @param publicUrl what the operator says of all clients; null: what each request says
 * @param trustedProxies addresses or CIDR ranges whose X-Forwarded-Proto and X-Forwarded-Host are believed
 */
export function createSiteOf(publicUrl: string | null, trustedProxies: readonly string[]): SiteOf {
  if (publicUrl !== null) return () => publicUrl;
  const trusted = proxyAddr.compile([...trustedProxies]);
  return ({ headers, socket }) => {
    const proxied = trusted(socket.remoteAddress ?? '', 0);
    const forwarded = (name: string): string | undefined =>
      proxied ? headers[name]?.toString().split(',').at(-1)?.trim() || undefined : undefined;
    const secure = forwarded('x-forwarded-proto') ?? ('encrypted' in socket ? 'https' : 'http');
    const host = forwarded('x-forwarded-host') ?? headers.host ?? '';
    return `${secure === 'https' ? 'https' : 'http'}://${/^[\w.:[\]-]+$/.test(host) ? host : 'localhost'}`;
  };
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1), or null. */
export function bearerToken(request: { headers: IncomingMessage['headers'] }): string | null {
  const match = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}
