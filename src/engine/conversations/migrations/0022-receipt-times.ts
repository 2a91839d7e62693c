import type { Migration } from '../../ports/database.ts';

export const receiptTimes: Migration = {
  name: '0022-receipt-times',
  sql: `
    alter table members
      add read_at timestamptz,
      add shown_read_at timestamptz,
      add delivered_at timestamptz,
      add preferences jsonb;
    comment on column members.read_at is 'When read_seq last moved.';
    comment on column members.shown_read_at is 'When shown_read_seq last moved: as others see it.';
    comment on column members.delivered_at is 'When delivered_seq last moved.';
    comment on column members.preferences is 'What only the member''s clients understand; null: the defaults.';
  `,
};
