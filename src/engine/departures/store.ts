import type { PreparedStatement, Reader, UnitOfWork } from '../ports/database.ts';

declare module '../ports/database.ts' {
  interface Tables {
    departures: DeparturesTable;
  }
}

interface DeparturesTable {
  person_id: string;
  position: string;
  not_before: Date;
}

export type DepartureRow = DeparturesTable;

export async function insertDeparture(unit: UnitOfWork, personId: string, notBefore: Date): Promise<void> {
  const position = '00000000-0000-0000-0000-000000000000';
  await unit.sql
    .insertInto('departures')
    .values({ person_id: personId, position, not_before: notBefore })
    .onConflict((conflict) => conflict.column('person_id').doNothing())
    .execute();
}

export async function anyDeparture(reader: Reader, now: Date): Promise<boolean> {
  const found = await reader.sql
    .selectFrom('departures')
    .select('person_id')
    .where('not_before', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

const claim: PreparedStatement = {
  name: 'claim-departure',
  text: `
    with next as materialized (
      select person_id from departures where not_before <= $1 order by not_before limit 1 for update skip locked
    )
    update departures d set not_before = $2 from next where d.person_id = next.person_id returning d.*`,
};

/** Takes one departure for this node; another may take it at `until`, where this one has died. */
export async function claimDeparture(unit: UnitOfWork, now: Date, until: Date): Promise<DepartureRow | undefined> {
  return (await unit.prepared<DepartureRow>(claim, [now, until]))[0];
}

/** Notes how far it has come. */
export async function moveDeparture(unit: UnitOfWork, departure: DepartureRow): Promise<void> {
  const { person_id, position, not_before } = departure;
  await unit.sql.updateTable('departures').set({ position, not_before }).where('person_id', '=', person_id).execute();
}

export async function deleteDeparture(unit: UnitOfWork, personId: string): Promise<void> {
  await unit.sql.deleteFrom('departures').where('person_id', '=', personId).execute();
}
