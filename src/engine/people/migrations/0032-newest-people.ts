import type { Migration } from '../../ports/database.ts';

export const newestPeople: Migration = {
  name: '0032-newest-people',
  sql: `
    -- With all that says whether an account is listed, so that counting them reads the index alone.
    create index people_newest on people (created_at, id) include (suspended_at, suspended_until) where deleted_at is null;
  `,
};
