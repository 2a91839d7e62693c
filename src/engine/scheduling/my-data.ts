import { allOf, type DataPart } from '../shared/data-part.ts';
import { selectScheduled } from './store.ts';
import { scheduledView } from './views.ts';

const scheduled: DataPart = {
  name: 'scheduled',
  read: (database, personId) =>
    allOf(database, async (reader) => (await selectScheduled(reader, personId, undefined)).map(scheduledView)),
};

/** What a person is going to say. */
export const schedulingData: readonly DataPart[] = [scheduled];
