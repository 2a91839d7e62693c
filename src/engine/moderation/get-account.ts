import { audit } from '../audit/index.ts';
import { countLiveSessions } from '../auth/index.ts';
import {
  findPerson,
  identitiesOf,
  isSuspended,
  type OwnProfileView,
  ownProfileView,
  personNotFound,
} from '../people/index.ts';
import type { Origin } from '../shared/actor.ts';
import { isId } from '../shared/ids.ts';
import type { Admin } from '../shared/policy.ts';
import type { ModerationDeps } from './deps.ts';
import { type SuspensionView, suspensionView } from './views.ts';

/** An account as admins see it. */
export interface AccountView extends OwnProfileView {
  /** On how many devices the person is signed in, counted to 100. */
  readonly sessions: number;
  /** Whether it is suspended now. */
  readonly suspended: boolean;
  /** The last suspension, also where it has ended by itself; null where there was none, or an admin has ended it. */
  readonly suspension: SuspensionView | null;
}

const mostSessions = 100;

/**
 * The account of a person, with what only they see of it otherwise; so reading it is recorded.
 *
 * @throws EngineError `person_not_found`
 */
export const getAccount =
  (deps: ModerationDeps) =>
  async (admin: Admin, personId: string, origin: Origin): Promise<AccountView> =>
    deps.database.write(async (unit) => {
      const row = isId(personId) ? await findPerson(unit, personId) : undefined;
      if (!row) throw personNotFound();
      const target = { kind: 'person', id: personId } as const;
      await audit(unit, deps.clock, { by: { admin, origin }, action: 'account.read', target });
      const now = deps.clock.now();
      return {
        ...ownProfileView(row, await identitiesOf(unit, personId), deps.clock.now()),
        sessions: await countLiveSessions(unit, personId, new Date(now), mostSessions),
        suspended: isSuspended(row, now),
        suspension: suspensionView(row),
      };
    });
