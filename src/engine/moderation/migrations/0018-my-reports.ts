import type { Migration } from '../../ports/database.ts';

export const myReports: Migration = {
  name: '0018-my-reports',
  sql: 'create index reports_reporter on reports (reporter_id, id);',
};
