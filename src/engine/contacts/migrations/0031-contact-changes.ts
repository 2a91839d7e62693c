import type { Migration } from '../../ports/database.ts';

export const contactChanges: Migration = {
  name: '0031-contact-changes',
  sql: `
    alter table contacts add changed_at timestamptz;
    comment on column contacts.changed_at is 'When the owner last changed it; null where they never did.';
  `,
};
