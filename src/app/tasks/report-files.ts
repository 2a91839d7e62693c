import { type MediaReport, reportMedia } from '../../engine/media/index.ts';
import type { Task } from './task.ts';

/** Says what files there are and what they take. */
export const reportFiles: Task<Record<string, never>, MediaReport> = {
  name: 'report-files',
  migrates: true,
  run: ({ database }) => database.read(reportMedia),
};
