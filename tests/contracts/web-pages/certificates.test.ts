import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../harness/certificate.ts';
import { listen, type Site } from '../../harness/site.ts';
import { expectUnavailable, html, pagesFor } from './pages.ts';

let sites: Record<'good' | 'expired' | 'strange', Site>;
let requests = 0;
const trustedBefore = getCACertificates();

async function openSecureSite(credentials: { key: string; cert: string }): Promise<Site> {
  const server = createServer(credentials, (_request, response) => {
    requests += 1;
    response.setHeader('content-type', 'text/html').end('<title>Secret</title>');
  });
  server.on('tlsClientError', () => {});
  return listen(server, 'https');
}

beforeAll(async () => {
  const [good, expired, strange] = [
    makeCertificate(['good.test']),
    makeCertificate(['good.test'], -1),
    makeCertificate(['good.test']),
  ];
  setDefaultCACertificates([...trustedBefore, good.cert, expired.cert]);
  sites = {
    good: await openSecureSite(good),
    expired: await openSecureSite(expired),
    strange: await openSecureSite(strange),
  };
});
afterAll(async () => {
  setDefaultCACertificates(trustedBefore);
  for (const site of Object.values(sites)) await site.close();
});

const fetchFrom = (site: Site, host: string) =>
  pagesFor(site, { resolve: async () => ['127.0.0.1'] }).fetch(`https://${host}:${site.port}/`, html);

describe('certificates', () => {
  test('for the name, signed by who is trusted, are taken', async () => {
    expect((await fetchFrom(sites.good, 'good.test')).complete).toBe(true);
    expect((await fetchFrom(sites.good, 'good.test.')).complete).toBe(true);
    expect(requests).toBe(2);
  });

  test('for another name, for no address, expired, or of a stranger are not, and no request is made', async () => {
    const before = requests;
    await expectUnavailable(fetchFrom(sites.good, 'bad.test'), 'unreachable');
    await expectUnavailable(fetchFrom(sites.good, '127.0.0.1'), 'unreachable');
    await expectUnavailable(fetchFrom(sites.expired, 'good.test'), 'unreachable');
    await expectUnavailable(fetchFrom(sites.strange, 'good.test'), 'unreachable');
    expect(requests).toBe(before);
    expect(Object.values(sites).map(({ connections }) => connections > 0)).toEqual([true, true, true]);
  });

  test('of a stranger are not taken after a good one either', async () => {
    await fetchFrom(sites.good, 'good.test');
    await expectUnavailable(fetchFrom(sites.good, 'other.test'), 'unreachable');
  });
});
