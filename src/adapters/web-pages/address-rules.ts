import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Says whether a connection to an address and port may be opened. */
export interface AddressRules {
  allows(address: string, port: number): boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Network {
  readonly range: [Address, number];
  /** null: all. */
  readonly ports: readonly number[] | null;
}

/** All that is given out for the public IPv6 internet (RFC 4291, 2.4); what is outside may be anything. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * @param networks allowed although they are not public, as `10.0.0.0/8`, `fd00::/8:8080` or `127.0.0.1/32:*`; without a
 *   port, those of the web
 * @param webPorts of the public web
 */
export function createAddressRules(networks: readonly string[], webPorts: readonly number[]): AddressRules {
  const allowed = networks.map((network) => parseNetwork(network, webPorts));
  return {
    allows(text, port) {
      // ipaddr.js takes old notations, such as 0177.1, which the system might read differently.
      if (isIP(text) === 0) return false;
      const address = ipaddr.parse(text);
      if (isPublic(address) && webPorts.includes(port)) return true;
      return allowed.some(
        ({ range: [network, bits], ports }) =>
          network.kind() === address.kind() && address.match(network, bits) && (ports === null || ports.includes(port)),
      );
    },
  };
}

function parseNetwork(text: string, webPorts: readonly number[]): Network {
  const [, range = text, port] = /^(.*\/\d+):(\d+|\*)$/.exec(text) ?? [];
  return {
    range: ipaddr.parseCIDR(range),
    ports: port === undefined ? webPorts : port === '*' ? null : [Number(port)],
  };
}

/** Whether anybody on the internet could reach it. Addresses that carry another one are none of these. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return true;
  return address.match(globalUnicast) && !isIsatap(address);
}

/** It is a tunnel to the IPv4 address in its last half (RFC 5214, 6.1). */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ((parts[4] as number) & 0xfdff) === 0 && parts[5] === 0x5efe;
}
