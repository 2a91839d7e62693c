import { Resolver } from 'node:dns/promises';

/** Finds the addresses of a name. None, or a rejection, where there are none. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks name servers. Not the machine's `getaddrinfo`: that blocks one of the few threads that files and passwords need too,
 * for as long as the name server of a stranger likes, and it also knows names of the inner network.
 *
 * @param servers as `address:port`; those of the machine if not given
 */
export function createResolveName(servers?: readonly string[]): ResolveName {
  return async (name, signal) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}
