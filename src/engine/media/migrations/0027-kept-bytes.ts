import type { Migration } from '../../ports/database.ts';

export const keptBytes: Migration = {
  name: '0027-kept-bytes',
  sql: `create index media_kept on media (uploader_id) include (size, id) where status <> 'refused'`,
};
