import { createLimiter } from '../../src/adapters/limiter/index.ts';
import { createMemoryPresence } from '../../src/adapters/presence/memory.ts';
import { createContacts } from '../../src/engine/contacts/index.ts';
import { createPeople } from '../../src/engine/people/index.ts';
import { createPresence } from '../../src/engine/presence/index.ts';
import type { TestApp } from './start-app.ts';

/**
 * What the engine offers of people to doors beside the native one, on the storage of a server. Presence is its own: say who
 * is connected.
 *
 * @param factor multiplies limits, which are off otherwise
 */
export function peopleFace({ app: { database }, clock }: TestApp, factor = 0) {
  const limiter = createLimiter({ factor });
  const deps = { database, clock, limiter, registry: createMemoryPresence(), publish: () => {} };
  return { people: createPeople(deps), contacts: createContacts(deps), presence: createPresence(deps) };
}
