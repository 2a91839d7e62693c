import { Resolver } from 'node:dns/promises';

/** Finds the addresses of a name, at least one, or rejects. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks the name servers of the machine. Not its `getaddrinfo`: that blocks one of the few threads that files and passwords
 * need too, for as long as the name server of a stranger likes, and it also knows names of the inner network.
 */
export const resolveName: ResolveName = async (name, signal) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw (answers[0] as PromiseRejectedResult).reason ?? new Error('no address');
    return addresses;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
