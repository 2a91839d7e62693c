import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAddressRules } from '../../../src/adapters/web-pages/address-rules.ts';
import { openSite, type Site, watchConnections } from '../../harness/site.ts';
import { expectUnavailable, html, pagesFor } from './pages.ts';

let site: Site;
let watch: ReturnType<typeof watchConnections>;
beforeEach(async () => {
  site = await openSite((_request, response) => response.setHeader('content-type', 'text/html').end('<p>Hi</p>'));
  watch = watchConnections();
});
afterEach(async () => {
  watch.stop();
  await site.close();
});

/** Addresses that are not of the public internet, by what they are for. */
const notPublic: Readonly<Record<string, readonly string[]>> = {
  'this host': ['0.0.0.0', '0.1.2.3', '[::]'],
  loopback: ['127.0.0.1', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'unique-local': ['[fc00::1]', '[fd12:3456:789a::1]', '[fd00:ec2::254]'],
  'site-local': ['[fec0::1]'],
  'link-local': ['169.254.169.254', '169.254.0.1', '[fe80::1]', '[febf::1]'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  multicast: ['224.0.0.1', '239.255.255.255', '[ff02::1]', '[ff0e::1]'],
  broadcast: ['255.255.255.255'],
  reserved: ['240.0.0.1', '192.0.0.1', '192.88.99.1', '[2001:1::1]'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '[2001:db8::1]', '[3fff::1]'],
  benchmarking: ['198.18.0.1', '198.19.255.255', '[2001:2::1]'],
  AS112: ['192.31.196.1', '192.175.48.1', '[2620:4f:8000::1]'],
  discard: ['[100::1]'],
  'not given out': ['[4000::1]', '[1::1]', '[5f00::1]', '[::2:3]'],
  'IPv4-mapped': ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:8.8.8.8]', '[0:0:0:0:0:ffff:a9fe:a9fe]'],
  'IPv4-compatible': ['[::127.0.0.1]', '[::8.8.8.8]', '[::a9fe:a9fe]'],
  'IPv4-translated': ['[::ffff:0:127.0.0.1]'],
  NAT64: ['[64:ff9b::127.0.0.1]', '[64:ff9b::8.8.8.8]', '[64:ff9b:1::a00:1]'],
  '6to4': ['[2002:7f00:1::]', '[2002:0a00:0001::1]'],
  Teredo: ['[2001:0:4136:e378:8000:63bf:3fff:fdd2]'],
  ISATAP: ['[2620:fe::5efe:10.0.0.1]', '[2620:fe::200:5efe:10.0.0.1]'],
};

/** Other ways to write 127.0.0.1, 10.0.0.1 and 169.254.169.254. */
const notations = [
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0177.0x0.0.01',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '0',
  '0x0',
  '167772161',
  '012.0.0.1',
  '2852039166',
  '0xA9FEA9FE',
  '0251.0376.0251.0376',
  '[::ffff:0x7f.1]',
  '[0000:0000:0000:0000:0000:ffff:7f00:0001]',
];

/** Not an address of the web, or more than one. */
const notUrls = [
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:70/_x',
  'data:text/html,<title>x</title>',
  'javascript:alert(1)',
  'ws://127.0.0.1/',
  'http://',
  'http://[::1',
  'http://256.256.256.256/',
  'http://1.2.3.4.5.6/',
  'http://user@example.com/',
  'http://user:password@example.com/',
  'http://:password@example.com/',
  `http://example.com/${'x'.repeat(5_000)}`,
  '//example.com/',
  '',
];

describe('nothing is even connected to', () => {
  test.each(Object.entries(notPublic))('%s', async (_what, hosts) => {
    // Any port would do, so that the address is what is refused.
    const pages = pagesFor(null, { ports: [80, 443, site.port] });
    for (const host of hosts) {
      for (const url of [`http://${host}/`, `http://${host}:${site.port}/`, `https://${host}/`]) {
        await expectUnavailable(pages.fetch(url, html), 'forbidden');
      }
      const address = host.replace(/^\[|\]$/g, '');
      const named = pagesFor(null, { ports: [80, 443, site.port], resolve: async () => [address] });
      await expectUnavailable(named.fetch(`http://name.test:${site.port}/`, html), 'forbidden');
    }
    expect(watch.attempts).toEqual([]);
    expect(site.connections).toBe(0);
  });

  test.each(notations)('%s', async (host) => {
    const pages = pagesFor(null, { ports: [80, 443, site.port] });
    await expectUnavailable(pages.fetch(`http://${host}:${site.port}/`, html), 'forbidden');
    expect(watch.attempts).toEqual([]);
  });

  test.each(notUrls)('%j', async (url) => {
    const pages = pagesFor(null, { networks: ['0.0.0.0/0:*', '::/0:*'], resolve: async () => ['127.0.0.1'] });
    await expectUnavailable(pages.fetch(url, html), 'forbidden');
    expect(watch.attempts).toEqual([]);
  });

  test('what is no address, as the answer of a name server', async () => {
    for (const answer of ['127.1', '0x7f000001', 'localhost', '', '0177.0.0.1', '127.0.0.1/32']) {
      const pages = pagesFor(null, { ports: [site.port], resolve: async () => ['127.0.0.1', answer] });
      await expectUnavailable(pages.fetch(`http://name.test:${site.port}/`, html), 'forbidden');
    }
    expect(watch.attempts).toEqual([]);
  });

  test('but the watch would have seen it: where it is allowed, each notation arrives', async () => {
    const pages = pagesFor(site);
    for (const host of notations.slice(0, 14)) await pages.fetch(`http://${host}:${site.port}/`, html);
    expect(watch.attempts).toEqual(Array(14).fill(`127.0.0.1 ${site.port}`));
    expect(site.connections).toBe(14);
  });
});

describe('the rules', () => {
  test('public addresses are reached on the ports of the web', () => {
    const rules = createAddressRules([], [80, 443]);
    for (const address of [
      '8.8.8.8',
      '93.184.216.34',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '2a00:1450::1',
    ]) {
      expect(
        [80, 443, 22, 25, 6379, 8080].filter((port) => rules.allows(address, port)),
        address,
      ).toEqual([80, 443]);
    }
  });

  test('allowed networks are reached on theirs, and nothing beside them', () => {
    const rules = createAddressRules(['10.1.0.0/16', '10.2.0.0/16:8080', 'fd00::/8:*', '127.0.0.1/32:*'], [80, 443]);
    const allowed = (address: string) => [80, 443, 22, 8080].filter((port) => rules.allows(address, port));
    expect(allowed('10.1.2.3')).toEqual([80, 443]);
    expect(allowed('10.2.2.3')).toEqual([8080]);
    expect(allowed('10.3.2.3')).toEqual([]);
    expect(allowed('fd12::1')).toEqual([80, 443, 22, 8080]);
    expect(allowed('fe80::1')).toEqual([]);
    expect(allowed('127.0.0.2')).toEqual([]);
    expect(allowed('::ffff:127.0.0.1')).toEqual([]);
    expect(allowed('::1')).toEqual([]);
  });
});
