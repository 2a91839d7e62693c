import type { UnitOfWork } from '../ports/database.ts';
import type { PersonRow } from './store.ts';
import { personView, publicPersonView } from './views.ts';

/** Tells that what others see of a person has changed: those who watch them, and the person's own devices. */
export function announceProfile(unit: UnitOfWork, row: PersonRow): void {
  const watchers = { kind: 'watchers', id: row.id } as const;
  unit.announce({ type: 'person.updated', audience: watchers, data: { person: publicPersonView(row) } });
  const own = { kind: 'people', ids: [row.id] } as const;
  unit.announce({ type: 'person.updated', audience: own, data: { person: personView(row) } });
}
