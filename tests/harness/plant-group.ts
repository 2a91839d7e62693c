import { newId } from '../../src/engine/shared/ids.ts';
import type { TestPerson } from './people.ts';
import type { TestApp } from './start-app.ts';

/** A group that is simply there, the first of its people as the owner. Nobody was told: sign in or sync afterwards. */
export async function plantGroup(app: TestApp, people: readonly TestPerson[]): Promise<string> {
  const id = newId(app.clock);
  const at = new Date(app.clock.now());
  const owner = (people[0] as TestPerson).id;
  await app.app.database.write(async ({ sql }) => {
    await sql
      .insertInto('conversations')
      .values({
        id,
        kind: 'group',
        direct_key: null,
        title: 'Planted',
        created_by: owner,
        created_at: at,
        last_activity_at: at,
        last_seq: 0,
        rev: 1,
        member_count: people.length,
      })
      .execute();
    await sql
      .insertInto('members')
      .values(
        people.map((person, i) => ({
          conversation_id: id,
          person_id: person.id,
          joined_at: at,
          left_at: null,
          read_seq: 0,
          delivered_seq: 0,
          role: i === 0 ? ('owner' as const) : ('member' as const),
        })),
      )
      .execute();
  });
  return id;
}
