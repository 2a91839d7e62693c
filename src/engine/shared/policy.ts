import type { Actor } from './actor.ts';
import { EngineError } from './errors.ts';

/** An actor who was found to be an admin. */
export type Admin = Actor & { readonly role: 'admin' };

const isAdmin = (actor: Actor): actor is Admin => actor.role === 'admin';

/** @throws EngineError `forbidden` */
export function assertAdmin(actor: Actor): Admin {
  if (!isAdmin(actor)) throw new EngineError('forbidden', 'Only admins of the installation may do this.');
  return actor;
}

/**
 * Lets only admins through to a use case. It takes an `Admin`, and so does the audit log, so that one without this
 * check cannot be offered to a door: it does not compile.
 */
export const adminOnly =
  <Rest extends readonly unknown[], Result>(useCase: (admin: Admin, ...rest: Rest) => Promise<Result>) =>
  async (actor: Actor, ...rest: Rest): Promise<Result> =>
    useCase(assertAdmin(actor), ...rest);
