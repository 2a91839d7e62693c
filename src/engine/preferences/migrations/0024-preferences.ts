import type { Migration } from '../../ports/database.ts';

export const preferences: Migration = {
  name: '0024-preferences',
  sql: `
    create table preferences (
      person_id uuid primary key references people,
      chosen jsonb not null
    );
    comment on column preferences.chosen is 'Only what the person has chosen; the rest is as the server has it.';
  `,
};
